"""Shapes that several routes answer with."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from openccm.communications.explanation import Told

States = Annotated[
    list[Annotated[str, Field(max_length=24)]] | None,
    Query(max_length=40, description="Several may be given; all if none."),
]
"""States that a list is narrowed to."""


class Listed(BaseModel):
    """What can stand in a list: its time-ordered id is a cursor."""

    id: UUID


T = TypeVar("T", bound=Listed)


class Page(BaseModel, Generic[T]):
    """A page of a list; ``next`` is the ``after`` of the following one."""

    items: list[T]
    next: UUID | None

    @classmethod
    def of(cls, items: list[T], limit: int) -> "Page[T]":
        """A page is the last one when it is not full."""
        return cls(items=items, next=items[-1].id if len(items) == limit else None)


class Story(BaseModel):
    """One step of the send decision, told to a person."""

    step: int
    name: str
    verdict: str
    sentence: str
    reason: str | None
    inputs: dict[str, Any]
    communication_id: UUID | None
    at: datetime

    @classmethod
    def of(cls, told: Told) -> "Story":
        """The public face of a told verdict."""
        return cls(
            step=told.verdict.step,
            name=told.name,
            verdict=told.verdict.verdict,
            sentence=told.sentence,
            reason=told.verdict.reason,
            inputs=told.verdict.inputs,
            communication_id=told.communication_id,
            at=told.at,
        )
