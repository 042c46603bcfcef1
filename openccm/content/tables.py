"""What is stored of each communication, and what still waits for the store."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from openccm.platform.columns import Row, key_field, time_field


class StoredDocument(Row, table=True):
    """One rendition of a communication, found by the hash of its bytes."""

    id: UUID = key_field()
    communication_id: UUID = Field(index=True)
    part: str
    """``message`` (exactly what is handed over), or a document in it such as ``letter``."""
    hash: str = Field(index=True, max_length=64)
    media_type: str
    size: int
    """Bytes."""
    pages: int | None = None
    storage: str = "stored"
    """``pending`` while the store does not take it; the bytes then wait in ``document_buffer``."""
    created_at: datetime = time_field()


class DocumentBuffer(Row, table=True):
    """Bytes that the document store has not taken yet; delivery goes on meanwhile."""

    hash: str = Field(primary_key=True, max_length=64)
    content: bytes
    since: datetime = time_field()
