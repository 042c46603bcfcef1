"""The embedded stack with the demo company in it."""

import os

from demo.client import Client
from demo.company import BILLING_SECRET, billing_environment, key_file, seed
from demo.push import introduce_account, open_account, reaching_phones
from demo.staff import STAFF, seed_staff
from openccm.installation import prepare, prepare_folders
from openccm.migrations.schema import migrate
from openccm.platform.foreground import run_in_foreground
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack


async def prepare_demo(settings: Settings) -> None:
    """Prepare the installation, put the company in, let children find the billing system."""
    os.environ.update(billing_environment(settings))
    open_account(settings)
    prepare_folders(settings)
    await migrate(settings.database_url)
    await seed_staff(settings)
    await prepare(settings)
    await seed(settings)


async def introduce(settings: Settings) -> None:
    """Tell the lab's billing system and its push service how we sign what we ask them."""
    async with Client(f"http://127.0.0.1:{settings.lab_http_port}") as lab:
        switch = {"behaviour": "ok", "secret": os.environ[BILLING_SECRET]}
        await lab.call("PUT", "/lab/billing", switch)
        await introduce_account(settings, lab)


async def up(settings: Settings) -> None:
    """Run until Ctrl-C."""
    settings = reaching_phones(settings)
    await prepare_demo(settings)
    key = key_file(settings, "billing.key")
    print(f"The demo's core system signs in with the API key in {key}.")
    people = key_file(settings, f"{{{','.join(('admin', *STAFF))}}}.password")
    print(f"Its people sign in with the passwords in {people}.")
    await run_in_foreground(Stack(settings, tell=print), lambda: introduce(settings))
