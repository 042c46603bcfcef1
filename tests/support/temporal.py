"""A real Temporal server for tests, and one that skips time."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from openccm.platform.temporal_server import SEARCH_ATTRIBUTES

CLI = Path(sys.executable).with_name("temporal")


def _arguments() -> list[str]:
    words: list[str] = []
    for name in SEARCH_ATTRIBUTES:
        words += ["--search-attribute", f"{name}=Keyword"]
    return words


@asynccontextmanager
async def temporal_server(*dynamic_config: str) -> AsyncIterator[WorkflowEnvironment]:
    """The dev server, as it comes but for what is configured."""
    options = [word for each in dynamic_config for word in ("--dynamic-config-value", each)]
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(CLI),
        data_converter=pydantic_data_converter,
        dev_server_extra_args=[*_arguments(), *options],
    ) as environment:
        yield environment


@asynccontextmanager
async def skipping_server(
    config: TimeSkippingConfig | None = None,
) -> AsyncIterator[WorkflowEnvironment]:
    """The dev server that jumps to the next timer whenever nothing else is to be done."""
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(CLI),
        data_converter=pydantic_data_converter,
        ts_config=config or TimeSkippingConfig(enabled=True),
        dev_server_extra_args=[
            *_arguments(),
            "--dynamic-config-value",
            "frontend.WorkflowTimeSkippingEnabled=true",
        ],
    ) as environment:
        yield environment
