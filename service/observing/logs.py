"""Log lines: JSON as Cloud Logging reads it; on a terminal, plain ones."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

from service.observing.at_hand import AT_HAND, AtHand
from service.settings import Settings

TRACE = "logging.googleapis.com/trace"
LABELS = "logging.googleapis.com/labels"
LONGEST_MESSAGE, LONGEST_TRACEBACK, LONGEST_FIELD = 4_000, 40_000, 500
"""Characters; Cloud Logging refuses a line of more than 256 KB."""
OURS = ("service", "pipeline", "warehouse", "processors", "uvicorn")
"""Loggers that the setting is for. Others are heard from WARNING on: what HTTP clients say in their
details may hold a token."""

log = logging.getLogger("service")


def tell(level: int, message: str, **fields: object) -> None:
    """One line, with fields beside the message; those that are None are left out."""
    log.log(level, "%s", message, extra={"fields": fields})


class JsonLines(logging.Formatter):
    """One JSON object a line, whatever the message holds."""

    def __init__(self, project: str | None = None) -> None:
        super().__init__()
        self._project = project

    def format(self, record: logging.LogRecord) -> str:
        at_hand = AT_HAND.get()
        line: dict[str, object] = {
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "message": _short(record.getMessage(), LONGEST_MESSAGE),
            "logger": record.name,
            **_fields(record),
        }
        if record.exc_info:
            line["stack_trace"] = _short(self.formatException(record.exc_info), LONGEST_TRACEBACK)
        if at_hand is not None:
            line[LABELS] = _labels(at_hand)
            if self._project and at_hand.trace:
                line[TRACE] = f"projects/{self._project}/traces/{at_hand.trace}"
        # In ASCII: half a character would otherwise be an error, and U+2028 a new line to some.
        return json.dumps(line, default=_text)


class PlainLines(logging.Formatter):
    """For people: time, severity, message, fields; a traceback below."""

    def format(self, record: logging.LogRecord) -> str:
        at_hand = AT_HAND.get()
        fields = _fields(record) | (_labels(at_hand) if at_hand else {})
        said = " ".join(f"{name}={_escaped(str(value))}" for name, value in fields.items())
        moment = datetime.fromtimestamp(record.created, UTC)
        message = _escaped(_short(record.getMessage(), LONGEST_MESSAGE))
        line = f"{moment:%H:%M:%S} {record.levelname} {message} {said}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def set_up_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Every logger of the process through one handler, on standard output."""
    out = stream or sys.stdout
    handler = logging.StreamHandler(out)
    handler.setFormatter(PlainLines() if out.isatty() else JsonLines(settings.project))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    for name in OURS:
        logging.getLogger(name).setLevel(settings.log_level)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    found: Mapping[str, object] = getattr(record, "fields", {})
    return {
        name: _short(value, LONGEST_FIELD) if isinstance(value, str) else value
        for name, value in found.items()
        if value is not None
    }


def _labels(at_hand: AtHand) -> dict[str, object]:
    """What a reader filters by; Cloud Logging wants texts."""
    labels = {
        "request_id": at_hand.request_id,
        "run_id": at_hand.run_id,
        "correlation_id": at_hand.correlation_id,
    }
    return {name: _short(value, LONGEST_FIELD) for name, value in labels.items() if value}


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


def _text(value: object) -> str:
    return _short(str(value), LONGEST_FIELD)


def _escaped(text: str) -> str:
    """Nothing that would move a terminal's cursor."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )
