"""What an activity's failure may say in a history: our own sentences, and of others the kind alone.

Errors of libraries quote the values they choked on, and those can be personal data.
"""

import logging
import traceback
from typing import Any

from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from openccm.errors import OpenCCMError

_log = logging.getLogger(__name__)


class Discreet(Interceptor):
    """Lets no foreign words into histories."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Stand around every activity."""
        return _Around(next)


class _Around(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await super().execute_activity(input)
        except (OpenCCMError, ApplicationError, CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it is, only its kind goes on
            kind = type(error).__name__
            places = "".join(traceback.format_tb(error.__traceback__))
            _log.error("activity failed", extra={"kind": kind, "at": places})
            raise ApplicationError(kind, type=kind) from None
