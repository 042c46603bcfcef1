"""The application: built from settings, holds nothing global."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import errors, web
from api.bounces import listen
from api.dependencies import House
from api.limits import Limits
from api.routes import ROUTERS
from openccm.access.oidc import Directory
from openccm.access.sessions import limits_of
from openccm.access.sign_in import Reception
from openccm.communications.desk import open_desk
from openccm.events.catalogue import Catalogue
from openccm.events.door import Door
from openccm.job_list import every_job
from openccm.jobs.job import Jobs
from openccm.platform.clock import Clock, utc_now
from openccm.platform.settings import Settings
from openccm.platform.temporal import Engine
from openccm.processes.book import Processes

DESCRIPTION = """
OpenCCM takes requests for customer communications, sends them, and tells what became of each.

Every error is an RFC 9457 problem with a stable `code`. Times carry a zone. Callbacks are signed
by Standard Webhooks.
"""


def create_app(settings: Settings, *, clock: Clock = utc_now) -> FastAPI:
    """The API of one installation."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        engine = await Engine.connect(
            settings.temporal_address, settings.temporal_namespace, lazy=True
        )
        async with open_desk(settings, clock=clock, channels=False) as desk:
            door = Door(desk, Catalogue(desk.repository))
            house = House(
                settings=settings,
                desk=desk,
                engine=engine,
                processes=Processes(desk),
                door=door,
                jobs=Jobs(every_job(desk)),
                reception=Reception(desk.database, limits_of(settings), desk.clock),
                directory=Directory(settings, desk.vault, desk.clock),
            )
            app.state.house = house
            bounces = await listen(house)
            try:
                yield
            finally:
                bounces.close()

    app = FastAPIOffline(title="OpenCCM", version="1", description=DESCRIPTION, lifespan=lifespan)
    errors.install(app)
    app.add_middleware(Limits)
    for router in ROUTERS:
        app.include_router(router)
    web.install(app)
    return app
