"""Every table of the house in one place, and bringing a database up to date."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlmodel import SQLModel

from openccm.access import tables as access
from openccm.cases import tables as cases
from openccm.communications import tables as communications
from openccm.contacts import tables as contacts
from openccm.content import tables as content
from openccm.customisation import tables as customisation
from openccm.events import tables as events
from openccm.jobs import tables as jobs
from openccm.letters import tables as letters
from openccm.parties import tables as parties
from openccm.platform import audit, outbox
from openccm.privacy import tables as privacy
from openccm.processes import tables as processes
from openccm.publishing import tables as publishing
from openccm.repository import tables as repository
from openccm.work import tables as work

ROOMS = (
    access,
    audit,
    cases,
    communications,
    contacts,
    content,
    customisation,
    events,
    jobs,
    letters,
    outbox,
    parties,
    privacy,
    processes,
    publishing,
    repository,
    work,
)
"""The modules whose import declares tables."""

METADATA = SQLModel.metadata
BESIDE = ("search_text", "ix_search_entry_terms")
"""Names of what only migrations know of, and what theirs begin with: indexes of one database."""

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def config(url: str) -> Config:
    """Alembic's configuration for a database."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


def is_declared(_item: object, name: str | None, *_more: object) -> bool:
    """Whether something in a database is to be found in ``METADATA``."""
    return name is None or not name.startswith(BESIDE)


async def migrate(url: str) -> None:
    """Bring the database up to the newest schema, from empty or from any earlier release."""
    await asyncio.to_thread(command.upgrade, config(url), "head")
