"""Errors that OpenCCM raises on purpose.

OpenCCMError
├── DefinitionError      the YAML is wrong, and its author can mend it
├── InvalidError         a value is wrong; names the field
├── NotFoundError        nothing bears this name
│   └── HiddenError          not for this caller: told as not found, noted as a denial
├── ExpiredError         it was good once; its time is over
├── ConflictError        refused because of what is already there
│   └── IllegalTransitionError   the life cycle does not lead there; names the current state
├── UnauthenticatedError nobody knows who is asking
├── DeniedError          the caller may not
├── TooOftenError        tried too often: no earlier than ``retry_after``
├── TemplateError        a template cannot be rendered with this data
├── DataError            a data service gave no usable answer
│   ├── DataUnavailable      the service is unwell: look again later
│   └── DataMissing          the service answered without the field
├── HookError            a hook gave no usable answer
│   └── HookUnavailable      the hook is unwell: ask again later
├── DirectoryError       the directory that users come from gave no usable answer
├── StorageError         the document store did not take or give the bytes
└── ChannelError         a channel did not deliver; carries ``scope`` and ``code``
    ├── Retryable            the provider is unwell: retry
    │   └── Throttled            retry no earlier than ``retry_after``
    ├── Permanent            never retry
    │   ├── BadRecipient         this contact point will never work
    │   ├── OptedOut             the recipient refuses us at the provider
    │   ├── BadContent           the provider refuses this content
    │   └── WindowClosed         the platform's conversation window is shut
    ├── NeedsReauth          our credentials are refused
    └── Ambiguous            the call may have happened
"""

from collections.abc import Mapping
from typing import Any, Literal

Scope = Literal["message", "recipient", "sender", "account", "provider"]


class OpenCCMError(Exception):
    """Anything OpenCCM refuses or reports on purpose."""

    code = "error"

    @property
    def members(self) -> Mapping[str, Any]:
        """What a program is told besides the sentence."""
        return {}


class DefinitionError(OpenCCMError):
    """The YAML is wrong, and its author can mend it."""

    code = "definition_invalid"


class InvalidError(OpenCCMError):
    """A value is wrong."""

    code = "invalid"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotFoundError(OpenCCMError):
    """Nothing bears this name."""

    code = "not_found"

    def __init__(self, kind: str, name: object) -> None:
        super().__init__(f"There is no {kind} {name}.")
        self.kind = kind


class HiddenError(NotFoundError):
    """It is there, but this caller may not even know that: told as if it were not."""

    def __init__(self, kind: str, name: object, why: str) -> None:
        super().__init__(kind, name)
        self.why = why
        """For the trail alone."""


class ExpiredError(OpenCCMError):
    """It was good once; its time is over."""

    code = "expired"


class ConflictError(OpenCCMError):
    """Refused because of what is already there."""

    code = "conflict"


class IllegalTransitionError(ConflictError):
    """The life cycle does not lead there from here."""

    code = "illegal_transition"

    def __init__(self, kind: str, state: str, target: str) -> None:
        super().__init__(f"A {kind} that is {state} cannot become {target}.")
        self.kind = kind
        self.state = state
        self.target = target


class UnauthenticatedError(OpenCCMError):
    """Nobody knows who is asking: no key and no session, or one that does not hold."""

    code = "unauthenticated"


class DeniedError(OpenCCMError):
    """The caller may not."""

    code = "denied"


class TooOftenError(OpenCCMError):
    """Tried too often: try again no earlier than ``retry_after`` seconds from now."""

    code = "too_often"

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TemplateError(OpenCCMError):
    """A template cannot be rendered with this data; ``template`` and ``line`` say where."""

    code = "template_failed"

    def __init__(self, message: str, *, template: str, line: int | None = None) -> None:
        super().__init__(message)
        self.template = template
        self.line = line


class DataError(OpenCCMError):
    """A data service gave no usable answer."""

    code = "data_failed"


class DataUnavailable(DataError):
    """The service is unwell: look again later."""

    code = "data_unavailable"


class DataMissing(DataError):
    """The service answered without a field that the definition cannot do without."""

    code = "data_missing"

    def __init__(self, field: str, service: str) -> None:
        super().__init__(f"The data service {service} gave no value for {field}.")
        self.field = field
        self.service = service


class HookError(OpenCCMError):
    """A hook gave no usable answer. The message names the place, never the value."""

    code = "hook_failed"


class HookUnavailable(HookError):
    """The hook is unwell: ask again later."""

    code = "hook_unavailable"


class DirectoryError(OpenCCMError):
    """The directory that users come from gave no usable answer."""

    code = "directory_failed"


class StorageError(OpenCCMError):
    """The document store did not take or give the bytes."""

    code = "storage_failed"


class ChannelError(OpenCCMError):
    """A channel did not deliver. The message never names the recipient."""

    code = "channel_failed"

    def __init__(
        self, message: str, *, scope: Scope = "message", provider_code: str | None = None
    ) -> None:
        super().__init__(message)
        self.scope: Scope = scope
        self.provider_code = provider_code


class Retryable(ChannelError):
    """The provider is unwell: retry by the definition's schedule."""

    code = "provider_unwell"


class Throttled(Retryable):
    """Too fast: retry no earlier than ``retry_after`` seconds from now."""

    code = "throttled"

    def __init__(self, message: str, *, retry_after: float, scope: Scope = "sender") -> None:
        super().__init__(message, scope=scope)
        self.retry_after = retry_after


class Permanent(ChannelError):
    """Never retry on this contact point with this content."""

    code = "refused"


class BadRecipient(Permanent):
    """This contact point will never work."""

    code = "bad_recipient"


class OptedOut(Permanent):
    """The recipient refuses us at the provider."""

    code = "opted_out_at_provider"


class BadContent(Permanent):
    """The provider refuses this content."""

    code = "bad_content"


class WindowClosed(Permanent):
    """The platform's conversation window is shut."""

    code = "window_closed"


class NeedsReauth(ChannelError):
    """Our credentials are refused: a person must mend them."""

    code = "needs_reauth"


class Ambiguous(ChannelError):
    """The call may have happened: ask the provider or settle by policy, never blindly retry."""

    code = "ambiguous"
