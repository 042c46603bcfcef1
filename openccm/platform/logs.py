"""Logging: one JSON object a line, an event with fields, no personal data."""

import json
import logging
import sys
from datetime import UTC, datetime

_TALKATIVE = ("mail.log", "aiosqlite", "alembic", "uvicorn.access")
"""Loggers that say every line of a conversation, addresses and all, unless told otherwise."""

_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line that programs can read."""

    def format(self, record: logging.LogRecord) -> str:
        """The event, where it comes from, and its fields."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        taken = _PLAIN | line.keys()
        line |= {name: value for name, value in record.__dict__.items() if name not in taken}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def set_up(level: str) -> None:
    """Log to standard error from here on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
