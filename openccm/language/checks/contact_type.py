"""Contact types: their class is there, and whatever follows from a contact gets what it needs."""

from collections.abc import Iterator

from openccm.language.bundle import Library
from openccm.language.calendar import CalendarDefinition
from openccm.language.checks.data import check_name
from openccm.language.checks.handing import Giver
from openccm.language.checks.todo_type import check_places
from openccm.language.communication import CommunicationDefinition
from openccm.language.contact_class import ContactClassDefinition
from openccm.language.contact_type import ContactReminder, ContactTypeDefinition
from openccm.language.context import CONTACT_CONTEXT, contact_fields
from openccm.language.document import Document
from openccm.language.problems import Path, Problem
from openccm.language.process import ProcessDefinition
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.rules.findings import suggestion


def check_contact_type(
    definition: ContactTypeDefinition, document: Document, library: Library
) -> Iterator[Problem]:
    """Findings about a contact type among the other definitions."""
    yield from _check_class(definition, document, library)
    fields = definition.characteristics
    for name in fields:
        path: Path = ("characteristics", name)
        yield from check_name(name, fields, document, path, CONTACT_CONTEXT)
    yield from check_places(definition.log, fields, document, ("log",), "characteristics")
    giver = Giver(document, contact_fields(fields), fields)
    yield from _check_letter(definition, giver, library)
    yield from _check_process(definition, giver, library)
    if definition.to_do is not None:
        deed = definition.to_do
        yield from check_work(giver, library, ("to-do",), "type", deed.type, deed.role)
        yield from _check_context(giver, library, ("to-do",), deed.type, deed.context)
    if definition.reminder is not None:
        yield from check_reminder(giver, library, definition.reminder, ("reminder",))


def check_reminder(
    giver: Giver, library: Library, reminder: ContactReminder, path: Path
) -> Iterator[Problem]:
    """Findings about a reminder, wherever it is written."""
    calendars = library.of(CalendarDefinition)
    yield from check_work(giver, library, path, "to-do", reminder.to_do, reminder.role)
    yield from _check_context(giver, library, path, reminder.to_do, reminder.context)
    if reminder.calendar is not None and reminder.calendar not in calendars:
        message = f"There is no calendar {reminder.calendar}."
        mend = suggestion(reminder.calendar, calendars)
        yield giver.document.problem((*path, "calendar"), message, mend)
    if reminder.calendar is None and reminder.after.unit.startswith("business"):
        message = "Nobody says when there is business."
        yield giver.document.problem((*path, "after"), message, "Add calendar: beside it.")


def check_work(
    giver: Giver, library: Library, path: Path, place: str, code: str, role: str | None
) -> Iterator[Problem]:
    """The type of a to-do is there, and the role is one of its own."""
    types = library.of(ToDoTypeDefinition)
    if code not in types:
        message = f"There is no to-do-type {code}."
        yield giver.document.problem((*path, place), message, suggestion(code, types))
    elif role is not None and role not in types[code].roles:
        message = f"A {code} is not for {role}."
        mend = f"Use one of: {', '.join(types[code].roles)}."
        yield giver.document.problem((*path, "role"), message, mend)


def _check_context(
    giver: Giver, library: Library, path: Path, code: str, context: dict[str, str]
) -> Iterator[Problem]:
    wanted = library.of(ToDoTypeDefinition).get(code)
    if wanted is not None:
        said = f"is not in the context of {code}"
        yield from giver.values(context, wanted.context, (*path, "context"), said)


def _check_class(
    definition: ContactTypeDefinition, document: Document, library: Library
) -> Iterator[Problem]:
    classes = library.of(ContactClassDefinition)
    if definition.class_ not in classes:
        message = f"There is no contact-class {definition.class_}."
        yield document.problem(("class",), message, suggestion(definition.class_, classes))
    if not definition.code.startswith(f"{definition.class_}-"):
        message = f"The code of a type begins with its class, {definition.class_}."
        yield document.problem(("code",), message, f"Write {definition.class_}-… .")


def _check_letter(
    definition: ContactTypeDefinition, giver: Giver, library: Library
) -> Iterator[Problem]:
    letter, document = definition.communication, giver.document
    if letter is None:
        return
    if set(definition.about) == {"premise"}:
        message = "A communication needs a person, and these contacts are about a premise alone."
        mend = "Add person or account to about:, or take communication: out."
        yield document.problem(("communication",), message, mend, key=True)
    communications = library.of(CommunicationDefinition)
    wanted = communications.get(letter.communication)
    if wanted is None:
        message = f"There is no communication {letter.communication}."
        mend = suggestion(letter.communication, communications)
        yield document.problem(("communication", "communication"), message, mend)
        return
    if letter.channel is not None and letter.channel not in wanted.channels:
        message = f"{wanted.code} is not sent by {letter.channel}."
        mend = f"Use one of: {', '.join(wanted.channels)}."
        yield document.problem(("communication", "channel"), message, mend)
    if letter.when is not None:
        yield from giver.condition(letter.when, ("communication", "when"))
    yield from giver.values(letter.payload, wanted.takes(), ("communication", "payload"))


def _check_process(
    definition: ContactTypeDefinition, giver: Giver, library: Library
) -> Iterator[Problem]:
    flow, document = definition.process, giver.document
    if flow is None:
        return
    processes = library.of(ProcessDefinition)
    wanted = processes.get(flow.process)
    if wanted is None:
        message = f"There is no process {flow.process}."
        yield document.problem(("process", "process"), message, suggestion(flow.process, processes))
        return
    if flow.when is not None:
        yield from giver.condition(flow.when, ("process", "when"))
    yield from giver.values(flow.payload, wanted.takes(), ("process", "payload"))
