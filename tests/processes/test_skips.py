"""What a skipped step had opened does not go on behind its back."""

from openccm.communications.tables import CommunicationRequest
from openccm.processes import commands
from openccm.processes.tables import WorkflowInstance
from tests.processes.stage import Stage

TELLS = """
kind: process
code: TELLS-ONCE
title: Tells
steps:
  tell: {do: send, communication: SPRING-OFFER}
"""

STARTS = """
kind: process
code: STARTS
title: Starts another
steps:
  other: {do: start, process: RESTS, wait: true}
"""

RESTS = """
kind: process
code: RESTS
title: Rests
steps:
  rest: {do: wait, for: 3 days}
"""


async def test_a_skipped_send_cancels_its_request(stage: Stage) -> None:
    play = await stage.play(TELLS)
    (asked,) = [each for each in await play.steps() if each.subject]
    await commands.skip(stage.processes, play.id, "tell", "by telephone", actor="ops")
    await play.on()

    async with stage.station.database.read() as session:
        request = await session.get_one(CommunicationRequest, asked.subject)
    assert (request.state, request.reason) == ("cancelled", "skipped")
    assert (await play.row()).state == "completed"


async def test_what_has_left_already_is_not_called_back(stage: Stage) -> None:
    play = await stage.play(TELLS)
    (asked,) = [each for each in await play.steps() if each.subject]
    assert asked.subject is not None
    await stage.settle(asked.subject, "gathering", "prepared")
    await commands.skip(stage.processes, play.id, "tell", "hurry", actor="ops")
    await play.on()

    async with stage.station.database.read() as session:
        request = await session.get_one(CommunicationRequest, asked.subject)
    assert request.state == "prepared"
    assert (await play.row()).state == "completed"


async def test_a_skipped_start_ends_the_process_it_waited_for(stage: Stage) -> None:
    await stage.publish(RESTS)
    play = await stage.play(STARTS)
    (asked,) = [each for each in await play.steps() if each.subject]
    await commands.skip(stage.processes, play.id, "other", "no more", actor="ops")
    await play.on()

    async with stage.station.database.read() as session:
        child = await session.get_one(WorkflowInstance, asked.subject)
    assert (child.stopping, child.reason) == ("cancelled", "skipped")
    assert (await play.row()).state == "completed"
