"""Every kind of definition, in the order in which they may rely on one another."""

from collections.abc import Mapping

from openccm.language.alert import AlertDefinition
from openccm.language.approval_policy import ApprovalPolicyDefinition
from openccm.language.calendar import CalendarDefinition
from openccm.language.case_type import CaseTypeDefinition
from openccm.language.communication import CommunicationDefinition
from openccm.language.contact_class import ContactClassDefinition
from openccm.language.contact_type import ContactTypeDefinition
from openccm.language.data_service import DataServiceDefinition
from openccm.language.decision_table import DecisionTableDefinition
from openccm.language.definition import Definition
from openccm.language.disposition import DispositionDefinition
from openccm.language.event_binding import EventBindingDefinition
from openccm.language.fragment import FragmentDefinition
from openccm.language.hook import HookDefinition
from openccm.language.letter_extract import LetterExtractDefinition
from openccm.language.process import ProcessDefinition
from openccm.language.todo_type import ToDoTypeDefinition

KINDS: Mapping[str, type[Definition]] = {
    "approval-policy": ApprovalPolicyDefinition,
    "data-service": DataServiceDefinition,
    "calendar": CalendarDefinition,
    "decision-table": DecisionTableDefinition,
    "hook": HookDefinition,
    "fragment": FragmentDefinition,
    "communication": CommunicationDefinition,
    "disposition": DispositionDefinition,
    "to-do-type": ToDoTypeDefinition,
    "contact-class": ContactClassDefinition,
    "contact-type": ContactTypeDefinition,
    "alert": AlertDefinition,
    "process": ProcessDefinition,
    "case-type": CaseTypeDefinition,
    "letter-extract": LetterExtractDefinition,
    "event-binding": EventBindingDefinition,
}
"""The models by the word behind ``kind:``."""

FILES: Mapping[str, str] = {model.file: kind for kind, model in KINDS.items()}
"""The kinds by the file they stand in."""
