"""Log lines: one JSON object each, whatever is logged."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import UUID

import pytest

from openccm.platform.logs import JsonLines, set_up


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, StringIO]]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.Logger("openccm.test")
    logger.addHandler(handler)
    yield logger, stream
    handler.close()


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_what_happened_with_its_fields(
    written: tuple[logging.Logger, StringIO],
) -> None:
    logger, stream = written
    logger.warning("callback %s", "deferred", extra={"attempts": 3, "lane": UUID(int=7)})

    (line,) = lines(stream)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "openccm.test",
        "event": "callback deferred",
        "attempts": 3,
        "lane": "00000000-0000-0000-0000-000000000007",
    }


@pytest.mark.parametrize("event", ["two\nlines", '{"level": "error"}', "ünïcode \u2028", ""])
def test_an_event_is_one_line_whatever_it_says(
    written: tuple[logging.Logger, StringIO], event: str
) -> None:
    logger, stream = written
    logger.info(event)

    assert stream.getvalue().count("\n") == 1
    assert json.loads(stream.getvalue())["event"] == event


def test_a_trace_is_a_field_of_its_line(written: tuple[logging.Logger, StringIO]) -> None:
    logger, stream = written
    try:
        {}["gone"]
    except KeyError:
        logger.exception("it failed")

    assert stream.getvalue().count("\n") == 1
    assert "KeyError: 'gone'" in json.loads(stream.getvalue())["trace"]


def test_a_field_cannot_pose_as_the_event(written: tuple[logging.Logger, StringIO]) -> None:
    logger, stream = written
    logger.info("received", extra={"event": "delivered", "level": "error"})

    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("received", "info")


def test_the_level_is_as_it_is_set(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.root.handlers[:], logging.root.level
    try:
        set_up("warning")
        logging.getLogger("openccm.test").info("quiet")
        logging.getLogger("openccm.test").warning("loud")
    finally:
        logging.root.handlers[:], logging.root.level = before

    said = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert said == ["loud"]
