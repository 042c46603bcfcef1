"""Random processes come to their end on a real server as well, and their histories replay."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from openccm.language.bundle import Bundle
from openccm.platform.database import Database
from tests.processes.anything import draft
from tests.processes.risk import risk_system
from tests.processes.world import World, ended_well, steps_in, world_on
from tests.support.temporal import skipping_server
from tests.workflows.destiny import Destiny
from tests.workflows.served import serving

SEEDS = (1, 3, 8, 21, 23, 38)
TURNS = 6


@pytest.fixture(scope="module")
async def skipping_when_told() -> AsyncIterator[WorkflowEnvironment]:
    async with skipping_server(TimeSkippingConfig(enabled=False)) as environment:
        yield environment


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_process_comes_to_its_end_on_a_server_and_its_history_replays(
    skipping_when_told: WorkflowEnvironment, database: Database, tmp_path: Path, seed: int
) -> None:
    chance = Random(seed)
    async with serving(skipping_when_told, database, tmp_path) as served, risk_system() as risk:
        world = await world_on(served.stage, risk)
        found = sound(world, chance)
        row = await world.begun(found, chance)
        fate = Destiny(
            served.stage,
            risk,
            chance,
            row.id,
            "start" in steps_in(found),
            served=served,
            environment=skipping_when_told,
        )
        async with served.worker():
            await served.relay.turn()
            try:
                await fate.live(TURNS)
            except BaseException:
                print(
                    found.files["process.yaml"].decode(), *fate.told, await fate.steps(), sep="\n"
                )
                raise

        await ended_well(fate, found)
        for each in await fate.family():
            await served.replays(each)


def sound(world: World, chance: Random) -> Bundle:
    """The next process that the checker lets pass."""
    while True:
        found = world.read(draft(chance))
        if isinstance(found, Bundle):
            return found
