"""The desk: everything a step of the send decision works with, built once per process."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from openccm.channels.registry import ChannelRegistry
from openccm.communications.letters import Correspondence
from openccm.contacts.desk import ContactDesk
from openccm.content.documents import DocumentStore, open_store
from openccm.content.pool import RenderPool
from openccm.content.port import Renderer
from openccm.customisation.desk import HookDesk
from openccm.data.services import DataDesk
from openccm.platform.clock import Clock, utc_now
from openccm.platform.database import Database
from openccm.platform.secrets import Vault, resolve
from openccm.platform.settings import Settings
from openccm.repository.versions import Repository


@dataclass(frozen=True, slots=True)
class Desk:
    """What the steps are handed."""

    settings: Settings
    database: Database
    clock: Clock
    repository: Repository
    store: DocumentStore
    vault: Vault
    renderer: Renderer
    data: DataDesk
    channels: ChannelRegistry
    hooks: HookDesk = field(default_factory=HookDesk)

    @property
    def contacts(self) -> ContactDesk:
        """Where customer contacts are logged."""
        return ContactDesk(self.repository, Correspondence(self.repository))


@asynccontextmanager
async def open_desk(
    settings: Settings, *, clock: Clock = utc_now, channels: bool = True
) -> AsyncGenerator[Desk]:
    """Open the database, the renderer, data services, hooks and, for who hands over, channels."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        renderer = await stack.enter_async_context(RenderPool(processes=settings.render_workers))
        data = DataDesk(clock)
        await data.open()
        stack.push_async_callback(data.close)
        hooks = HookDesk(
            clock,
            database=database,
            processes=settings.hook_processes,
            memory=settings.hook_memory << 20,
        )
        stack.push_async_callback(hooks.close)
        registry = ChannelRegistry.from_settings(channel_settings(settings) if channels else {})
        await stack.enter_async_context(registry)
        yield Desk(
            settings=settings,
            database=database,
            clock=clock,
            repository=Repository(database, clock),
            store=open_store(settings.document_store),
            vault=Vault.open(settings.master_key),
            renderer=renderer,
            data=data,
            channels=registry,
            hooks=hooks,
        )


def channel_settings(settings: Settings) -> Mapping[str, Mapping[str, object]]:
    """Which adapter serves which medium, and how it is configured."""
    smtp: dict[str, object] = {
        "adapter": "smtp",
        "host": settings.smtp_host,
        "port": settings.smtp_port,
        "tls": settings.smtp_tls,
        "connections": settings.smtp_connections,
        "final_timeout": 60,
    }
    if settings.smtp_username:
        smtp["username"] = settings.smtp_username
    if settings.smtp_password is not None:
        smtp["password"] = settings.smtp_password
    return {
        "email": smtp,
        "letter": {"adapter": "spool", "folder": settings.spool_folder},
        **{medium: _resolved(given) for medium, given in settings.channels.items()},
    }


def _resolved(given: Mapping[str, object]) -> dict[str, object]:
    return {
        name: resolve(value) if isinstance(value, str) else value for name, value in given.items()
    }
