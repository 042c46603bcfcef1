"""A contact as its type reads it: what must be told is told, and values of it for what follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession

from openccm.errors import InvalidError
from openccm.language.checks.todo_type import PLACE
from openccm.language.contact_type import ContactReminder, ContactTypeDefinition
from openccm.language.context import contact_fields
from openccm.language.values import nested, read_values
from openccm.parties.objects import needed
from openccm.parties.people import person_by_key
from openccm.parties.tables import Account, Person
from openccm.rules.context import value_at
from openccm.rules.expressions import compile_expression, compile_value

Origin = Literal["agent", "event", "process"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A contact that took place, or takes place by being logged."""

    type: str
    """The code of the contact type."""
    version: int | None = None
    """Its version where whoever logs it is pinned to one; else the live one."""
    origin: Origin
    origin_id: UUID | None = None
    made_as: str
    """What makes it, as one text: doing so twice makes one contact."""
    person: str | None = None
    account: str | None = None
    premise: str | None = None
    direction: str | None = None
    method: str | None = None
    occurred_at: datetime | None = None
    text: str | None = None
    """What was said; else the words of its type."""
    characteristics: Mapping[str, Any] = field(default_factory=dict[str, Any])
    opens: str | None = None
    """``open`` or ``closed``; else as its type says."""
    reminder: ContactReminder | None = None
    """Instead of the one that its type says."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was told of a contact, checked and complete."""

    person: Person | None
    direction: str
    method: str
    characteristics: Mapping[str, Any]
    """Typed and nested."""
    data: Mapping[str, Any]
    """What the expressions of its type read."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A contact type in one version."""

    definition: ContactTypeDefinition
    version: int

    def log_of(self, facts: Facts) -> str:
        """The line that the log begins with where nobody wrote one."""
        if self.definition.log is None:
            return self.definition.title

        def filled(place: Any) -> str:
            value = value_at(facts.characteristics, place[1])
            return "–" if value is None else str(value)

        return PLACE.sub(filled, self.definition.log)

    def holds(self, condition: str | None, facts: Facts) -> bool:
        """Whether a condition of the type holds for a contact.

        Raises:
            RuleError: It has no answer for these characteristics.
        """
        if condition is None:
            return True
        return compile_expression(condition, self._fields).evaluate(facts.data)

    def values(self, sources: Mapping[str, str], facts: Facts) -> dict[str, Any]:
        """What expressions of the type give, as JSON; those without a value are left out.

        Raises:
            RuleError: One of them has no result for these characteristics.
        """
        made = {
            name: compile_value(source, self._fields).evaluate(facts.data)
            for name, source in sources.items()
        }
        return to_jsonable_python({name: each for name, each in made.items() if each is not None})

    @property
    def _fields(self) -> Any:
        return contact_fields(self.definition.characteristics)


async def read_facts(
    session: AsyncSession, definition: ContactTypeDefinition, new: NewContact, now: datetime
) -> Facts:
    """What was told of a contact, as its type wants it.

    Raises:
        NotFoundError: Nobody bears the key of the person.
        InvalidError: Something is missing, or is not as the type wants it; names it.
    """
    person = await _person(session, new)
    told = {
        "person": person.key if person else None,
        "account": new.account,
        "premise": new.premise,
    }
    for name in definition.about:
        if not told[name]:
            raise InvalidError(name, f"A {definition.code} is about a {name}: name it.")
    characteristics = _characteristics(definition, new.characteristics)
    return Facts(
        person=person,
        direction=_direction(definition, new.direction),
        method=_method(definition, new.method),
        characteristics=characteristics,
        data={**characteristics, "contact": told, "today": now.date()},
    )


async def _person(session: AsyncSession, new: NewContact) -> Person | None:
    """The person named, else the holder of the account."""
    if new.person:
        return await person_by_key(session, new.person)
    if not new.account:
        return None
    account = await needed(session, Account, new.account)
    return await session.get_one(Person, account.holder_id)


def _characteristics(definition: ContactTypeDefinition, given: Mapping[str, Any]) -> dict[str, Any]:
    read = read_values(definition.characteristics, given)
    if read.misfits:
        first = read.misfits[0]
        path = ".".join(("characteristics", *map(str, first.path)))
        raise InvalidError(path, f"{first.message} {first.mend}")
    for name, wanted in definition.characteristics.items():
        value = read.values.get(name)
        if value is None and wanted.required:
            raise InvalidError(f"characteristics.{name}", f"{name} must be filled in.")
        if value is not None and wanted.values and value not in wanted.values:
            choices = ", ".join(wanted.values)
            raise InvalidError(f"characteristics.{name}", f"{name} is one of: {choices}.")
    return nested(read.values)


def _direction(definition: ContactTypeDefinition, given: str | None) -> str:
    if definition.direction is None:
        return given or "inbound"
    if given not in (None, definition.direction):
        message = f"A {definition.code} is {definition.direction}."
        raise InvalidError("direction", message)
    return definition.direction


def _method(definition: ContactTypeDefinition, given: str | None) -> str:
    method = given or definition.methods[0]
    if method not in definition.methods:
        message = f"A {definition.code} takes place by {', '.join(definition.methods)} only."
        raise InvalidError("method", message)
    return method
