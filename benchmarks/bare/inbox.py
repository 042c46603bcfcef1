"""A bare endpoint that keeps events: FastAPI, one insert, one commit; what taking one in costs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import event as listened
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Field, SQLModel

from openccm.platform.columns import json_field, time_field
from openccm.platform.settings import Settings


class BareEvent(SQLModel, table=True):
    """What is kept of an event."""

    id: UUID = Field(primary_key=True)
    event_id: str = Field(unique=True)
    type: str
    account: str
    data: dict[str, Any] = json_field()
    received_at: datetime = time_field()


class EventCreate(BaseModel):
    """What is told."""

    id: str
    type: str
    account: str
    data: dict[str, Any]


class EventBatch(BaseModel):
    """Many at once."""

    events: list[EventCreate]


def engine_of(url: str) -> AsyncEngine:
    """The stock engine; SQLite as durable and as concurrent as OpenCCM has it."""
    engine = create_async_engine(url, **({"pool_size": 1} if "sqlite" in url else {}))
    if "sqlite" in url:

        @listened.listens_for(engine.sync_engine, "connect")
        def configure(connection: Any, _entry: object) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    return engine


def create_app(url: str) -> FastAPI:
    """Two endpoints over one table."""
    engine = engine_of(url)
    statement = insert(SQLModel.metadata.tables["bareevent"])

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.tables["bareevent"].create)
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    async def keep(events: list[EventCreate]) -> list[UUID]:
        now = datetime.now(UTC)
        rows = [
            {
                "id": uuid4(),
                "event_id": each.id,
                "type": each.type,
                "account": each.account,
                "data": each.data,
                "received_at": now,
            }
            for each in events
        ]
        async with engine.begin() as connection:
            await connection.execute(statement, rows)
        return [row["id"] for row in rows]

    @app.get("/healthz")
    async def ready() -> dict[str, str]:
        return {}

    @app.post("/v1/events", status_code=202)
    async def tell(event: EventCreate) -> dict[str, UUID]:
        return {"id": (await keep([event]))[0]}

    @app.post("/v1/events/batch")
    async def tell_many(batch: EventBatch) -> dict[str, list[UUID]]:
        return {"ids": await keep(batch.events)}

    return app


if __name__ == "__main__":
    settings = Settings.load()
    uvicorn.run(
        create_app(settings.database_url),
        port=settings.lab_http_port,
        log_config=None,
        access_log=False,
        loop="uvloop",
        timeout_keep_alive=75,
    )
