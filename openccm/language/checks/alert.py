"""Alerts: what they count is there."""

from collections.abc import Iterator

from openccm.language.alert import AlertDefinition
from openccm.language.bundle import Library
from openccm.language.contact_class import ContactClassDefinition
from openccm.language.contact_type import ContactTypeDefinition
from openccm.language.document import Document
from openccm.language.problems import Problem
from openccm.rules.findings import suggestion


def check_alert(
    definition: AlertDefinition, document: Document, library: Library
) -> Iterator[Problem]:
    """Findings about an alert among the other definitions."""
    counted = definition.contacts
    if counted is None:
        return
    classes, types = library.of(ContactClassDefinition), library.of(ContactTypeDefinition)
    if counted.class_ is not None and counted.class_ not in classes:
        mend = suggestion(counted.class_, classes)
        message = f"There is no contact-class {counted.class_}."
        yield document.problem(("contacts", "class"), message, mend)
    if counted.type is not None and counted.type not in types:
        message = f"There is no contact-type {counted.type}."
        yield document.problem(("contacts", "type"), message, suggestion(counted.type, types))
