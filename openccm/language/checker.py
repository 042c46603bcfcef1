"""Everything that must hold before a definition may be published."""

from collections.abc import Collection, Iterator

from openccm.language.alert import AlertDefinition
from openccm.language.approval_policy import ApprovalPolicyDefinition
from openccm.language.bundle import Bundle, Library
from openccm.language.calendar import CalendarDefinition
from openccm.language.case_type import CaseTypeDefinition
from openccm.language.checks.alert import check_alert
from openccm.language.checks.approval_policy import check_policy
from openccm.language.checks.case_type import check_case_type
from openccm.language.checks.cases import check_cases, check_process_samples
from openccm.language.checks.channels import check_channels
from openccm.language.checks.contact_type import check_contact_type
from openccm.language.checks.data import check_data, check_name
from openccm.language.checks.decision_table import check_decision_table
from openccm.language.checks.dispositions import check_dispositions
from openccm.language.checks.event_bindings import check_event_binding
from openccm.language.checks.fragments import check_declared, check_fragment, check_unasked
from openccm.language.checks.hooks import check_eligibility_hooks, check_hook
from openccm.language.checks.inspecting import InspectTemplate
from openccm.language.checks.letter_extract import check_letter_extract, check_letter_records
from openccm.language.checks.process import check_process
from openccm.language.checks.rules import check_rules
from openccm.language.checks.samples import check_samples
from openccm.language.checks.templates import TemplateChecks
from openccm.language.checks.todo_type import check_todo_type
from openccm.language.communication import CommunicationDefinition
from openccm.language.contact_type import ContactTypeDefinition
from openccm.language.data_service import DataServiceDefinition
from openccm.language.decision_table import DecisionTableDefinition
from openccm.language.disposition import DispositionDefinition
from openccm.language.document import Document
from openccm.language.event_binding import EventBindingDefinition
from openccm.language.fields import PAYLOAD
from openccm.language.fragment import FragmentDefinition
from openccm.language.hook import HookDefinition
from openccm.language.kinds import KINDS
from openccm.language.letter_extract import LetterExtractDefinition
from openccm.language.problems import Path, Problem, errors_of, in_reading_order
from openccm.language.process import ProcessDefinition
from openccm.language.todo_type import ToDoTypeDefinition


def check_library(
    library: Library, *, channels: Collection[str], inspect_template: InspectTemplate
) -> list[Problem]:
    """All problems of a library: those of loading and those of its definitions together.

    ``channels`` are the installed ones. A definition with an error must not be published.
    """
    problems = list(library.problems)
    for bundle in library.bundles:
        problems += check_bundle(
            bundle, library, channels=channels, inspect_template=inspect_template
        )
    return in_reading_order(problems)


def check_bundle(
    bundle: Bundle,
    library: Library,
    *,
    channels: Collection[str],
    inspect_template: InspectTemplate,
) -> list[Problem]:
    """The problems of one definition among the others of its library, in reading order."""
    definition = bundle.definition
    if isinstance(definition, CommunicationDefinition):
        templates = TemplateChecks(
            definition, bundle, inspect_template, library.of(FragmentDefinition)
        )
        found = _check_communication(definition, bundle, library, channels, templates)
    elif isinstance(definition, FragmentDefinition):
        found = check_fragment(definition, bundle, inspect_template)
    else:
        found = _check_other(bundle, library)
    return in_reading_order([*found, *check_cases(bundle)])


def _check_other(bundle: Bundle, library: Library) -> Iterator[Problem]:
    """Those that rely on others; the rest is checked by itself."""
    document = bundle.document
    match bundle.definition:
        case ProcessDefinition() as definition:
            yield from check_process(definition, bundle, library)
            yield from check_process_samples(definition, bundle)
        case ToDoTypeDefinition() | CaseTypeDefinition() as definition:
            yield from _check_work(definition, document, library)
        case ContactTypeDefinition() as definition:
            yield from check_contact_type(definition, document, library)
        case EventBindingDefinition() as definition:
            yield from check_event_binding(definition, bundle, library)
        case AlertDefinition() as definition:
            yield from check_alert(definition, document, library)
        case _:
            yield from _check_alone(bundle, library)


def _check_alone(bundle: Bundle, library: Library) -> Iterator[Problem]:
    document = bundle.document
    match bundle.definition:
        case DataServiceDefinition() as definition:
            yield from _check_service(definition, bundle)
        case DecisionTableDefinition() as definition:
            yield from check_decision_table(definition, document)
        case HookDefinition() as definition:
            yield from check_hook(definition, bundle)
        case _:
            yield from _check_rules_of_the_house(bundle, library)


def _check_rules_of_the_house(bundle: Bundle, library: Library) -> Iterator[Problem]:
    document = bundle.document
    match bundle.definition:
        case ApprovalPolicyDefinition() as definition:
            yield from check_policy(definition, document, KINDS)
        case LetterExtractDefinition() as definition:
            yield from check_letter_extract(definition, document, library.of(ToDoTypeDefinition))
        case _:
            return


def _check_work(
    definition: ToDoTypeDefinition | CaseTypeDefinition, document: Document, library: Library
) -> Iterator[Problem]:
    calendars = library.of(CalendarDefinition)
    if isinstance(definition, ToDoTypeDefinition):
        yield from check_todo_type(definition, document, calendars)
        yield from check_dispositions(definition, document, library.of(DispositionDefinition))
    else:
        yield from check_case_type(definition, document, library.of(ToDoTypeDefinition), calendars)


def _check_communication(
    definition: CommunicationDefinition,
    bundle: Bundle,
    library: Library,
    channels: Collection[str],
    templates: TemplateChecks,
) -> Iterator[Problem]:
    reads = set[str]()
    problems = [
        *check_channels(definition, bundle.document, channels),
        *check_letter_records(definition, bundle.document, library.of(LetterExtractDefinition)),
        *check_data(definition, bundle.document, library.of(DataServiceDefinition)),
        *check_rules(definition, bundle.document, reads),
        *check_eligibility_hooks(definition, bundle.document, library.of(HookDefinition), reads),
        *check_declared(definition, bundle.document, library.of(FragmentDefinition)),
        *templates.check(),
        *check_samples(definition, bundle),
    ]
    yield from problems
    if not errors_of(problems):
        yield from _check_unused(definition, bundle, reads | templates.reads)
        yield from check_unasked(definition, bundle.document, templates.calls.asked)


def _check_service(definition: DataServiceDefinition, bundle: Bundle) -> Iterator[Problem]:
    for name in definition.fields:
        path: Path = ("fields", name)
        yield from check_name(name, definition.fields, bundle.document, path)


def _check_unused(
    definition: CommunicationDefinition, bundle: Bundle, reads: set[str]
) -> Iterator[Problem]:
    """What nothing reads need not be asked for; payload fields may still be keys for services."""
    for name, field in definition.data.items():
        if field.from_ != PAYLOAD and not any(_overlap(name, read) for read in reads):
            message = f"Nothing uses {name}."
            path: Path = ("data", name)
            mend = "Take it out, so that it is not fetched and kept."
            yield bundle.document.problem(path, message, mend, key=True, severity="warning")


def _overlap(name: str, read: str) -> bool:
    return f"{read}.".startswith(f"{name}.") or name.startswith(f"{read}.")
