"""Which persons a caller may see: those of their divisions (data scope)."""

from sqlalchemy import ColumnElement, true
from sqlmodel import col

from openccm.access.caller import Caller
from openccm.parties.tables import Person


def persons_within(caller: Caller) -> ColumnElement[bool]:
    """The condition that narrows any question over persons to those the caller may see.

    A person without a division is seen by those alone who are not narrowed to some.
    """
    if caller.divisions is None:
        return true()
    return col(Person.division).in_(sorted(caller.divisions))


def sees_person(caller: Caller, person: Person) -> bool:
    """The same for one person at hand."""
    return caller.sees_division(person.division)
