"""PostgreSQL: one pool of connections, and one word for a server that cannot be reached."""

from typing import Any

from sqlalchemy import Dialect, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry


def pooled_engine(url: str) -> AsyncEngine:
    """An engine whose connections are looked at before they are used again."""
    engine = create_async_engine(
        url,
        pool_size=20,
        max_overflow=10,
        pool_pre_ping=True,
        hide_parameters=True,  # values are personal data; errors travel far
    )
    event.listen(engine.sync_engine, "do_connect", _connect)
    return engine


def _connect(
    dialect: Dialect, _entry: ConnectionPoolEntry, words: list[Any], options: dict[str, Any]
) -> Any:
    """Connect; a server that is away, or not yet back, is an OperationalError as elsewhere."""
    try:
        return dialect.connect(*words, **options)
    except (OSError, dialect.loaded_dbapi.Error) as error:
        raise OperationalError(None, None, error) from error
