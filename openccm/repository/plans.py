"""The plan of whatever kind of definition runs."""

from typing import Any

from openccm.language.bundle import Bundle, Library
from openccm.language.communication import CommunicationDefinition
from openccm.language.compiler import compile_communication
from openccm.language.data_service import DataServiceDefinition
from openccm.language.process import ProcessDefinition
from openccm.language.process_compiler import compile_process


def plan_of(bundle: Bundle, library: Library, version: int) -> dict[str, Any] | None:
    """The compiled plan of one version; None for what does not run."""
    services = library.of(DataServiceDefinition)
    match bundle.definition:
        case CommunicationDefinition():
            return compile_communication(bundle, services, version).model_dump(mode="json")
        case ProcessDefinition():
            return compile_process(bundle, services, version).model_dump(mode="json")
        case _:
            return None
