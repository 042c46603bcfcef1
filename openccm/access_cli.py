"""The commands ``openccm user``: for whoever owns the machine, when nobody can sign in."""

import asyncio
from typing import Annotated

import typer

from openccm.access.passwords import fresh_password
from openccm.access.users import UserFacts, create_user, reset_password, user_by_name
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.settings import Settings

_ACTOR = "command line"

user = typer.Typer(help="People who sign in.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="What they sign in with, e.g. ag1.")]


def add_to(app: typer.Typer) -> None:
    """Put these commands among the others."""
    app.add_typer(user, name="user")


@user.command("create")
def create(
    name: Name,
    role: Annotated[list[str], typer.Option(help="A role they bear, e.g. agent. Repeatable.")],
    title: Annotated[str, typer.Option(help="What people call them.")] = "",
) -> None:
    """Make a user known and print their one-time password, this once."""
    print(asyncio.run(_password(Settings.load(), name, UserFacts(title or name, role))))


@user.command("reset")
def reset(name: Name) -> None:
    """Sign a user out and print a one-time password that they must change."""
    print(asyncio.run(_password(Settings.load(), name, None)))


async def _password(settings: Settings, name: str, facts: UserFacts | None) -> str:
    database, now, password = Database(settings.database_url), utc_now(), await fresh_password()
    try:
        async with database.begin() as session:
            if facts is None:
                found = await user_by_name(session, name)
            else:
                found = await create_user(session, name, facts, actor=_ACTOR, now=now)
            await reset_password(session, found, password, actor=_ACTOR, now=now)
    finally:
        await database.close()
    return password.plain
