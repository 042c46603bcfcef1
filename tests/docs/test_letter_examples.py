"""The examples of the page about letters are taken as they stand."""

import json

from api.routes.letters import ReturnBody
from api.routes.print_runs import ConfirmBody
from openccm.channels.print_run import PrintRunConfig
from openccm.letters.answers import Line, read_lines
from tests.docs.pages import Block, blocks

PAGE = "docs/letters.md"


def shown(language: str) -> list[Block]:
    return [block for block in blocks(language) if block.page == PAGE]


def test_every_body_is_one_that_the_api_takes() -> None:
    channel, confirmed, returned = (json.loads(block.text) for block in shown("json"))

    given = dict(channel["letter"])
    assert given.pop("adapter") == "print-run"
    assert PrintRunConfig.model_validate(given).sftp is not None
    assert ConfirmBody.model_validate(confirmed).except_for == (17, 18)
    assert ReturnBody.model_validate(returned).reason == "gone_away"


def test_the_acknowledgement_is_read_line_by_line() -> None:
    (block,) = shown("csv")

    assert list(read_lines(block.text.encode())) == [
        Line(2, 1, "printed", None),
        Line(3, 2, "dispatched", None),
        Line(4, 3, "spoiled", "paper jam"),
    ]
