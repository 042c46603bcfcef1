"""Whatever an author writes is refused with its place, or runs to an end, whatever befalls it."""

from collections.abc import AsyncIterator
from random import Random
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from openccm.language.bundle import Bundle
from openccm.language.steps import Step
from openccm.processes.stepper import Stepper
from tests.processes.anything import draft
from tests.processes.fate import Fate
from tests.processes.risk import risk_system
from tests.processes.stage import Stage
from tests.processes.world import World, ended_well, refused_well, steps_in, world_on

ENOUGH = {True: 500, False: 120}
"""How many definitions are tried on SQLite, and how many on PostgreSQL."""

TURNS = 8


@pytest.fixture(scope="module")
async def world(shared_stage: Stage) -> AsyncIterator[World]:
    async with risk_system() as risk:
        yield await world_on(shared_stage, risk)


def enough(world: World) -> int:
    return ENOUGH[world.stage.station.database.is_sqlite]


@settings(
    max_examples=max(ENOUGH.values()),
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**64))
async def test_a_process_is_refused_with_its_place_or_comes_to_its_end(
    world: World, seed: int
) -> None:
    if world.number >= enough(world):
        return
    chance = Random(seed)
    drafted = draft(chance)
    found = world.read(drafted)
    if not isinstance(found, Bundle):
        refused_well(found)
        world.seen["refused"] += 1
        return
    world.seen.update(steps_in(found))
    fate = await begun(world, found, chance)
    try:
        await fate.live(TURNS)
        await ended_well(fate, found)
    except BaseException:
        print(drafted.written("FAILED"), *fate.told, sep="\n")
        raise
    world.seen[(await fate.row()).state] += 1


async def begun(world: World, bundle: Bundle, chance: Random) -> Fate:
    row = await world.begun(bundle, chance)
    async with world.stage.station.database.read() as session:
        stored = await world.stage.station.desk.repository.stored(session, row.code, row.version)
    assert stored.plan is not None
    fate = Fate(world.stage, world.risk, chance, row.id, "start" in steps_in(bundle))
    fate.runs[row.id] = Stepper(stored.plan, row.id, fate.take)
    return fate


async def test_every_kind_of_step_and_of_end_was_among_them(world: World) -> None:
    kinds = {
        get_args(kind.model_fields["do"].annotation)[0] for kind in get_args(get_args(Step)[0])
    }

    assert world.number == enough(world)
    assert world.seen.keys() >= kinds | {"completed", "cancelled", "refused"}
    assert world.seen["completed"] + world.seen["cancelled"] > enough(world) / 2
