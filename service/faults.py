"""Refusals: each fault of a request by field, value and the nearest that is valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from service.models.answers import Fault

MEANT = {
    "game_date": "analysis_date",
    "date": "analysis_date",
    "day": "analysis_date",
    "isbackfill": "backfill_mode",
    "backfill": "backfill_mode",
    "is_backfill": "backfill_mode",
    "tables": "processors",
    "start_date": "start",
    "end_date": "end",
    "query": "sql",
}
"""What users' other services call the same things."""

SHOWN = 100


def faults_of(errors: Iterable[Mapping[str, Any]], known: Sequence[str]) -> list[Fault]:
    """From pydantic's errors; `known` are the fields that the request may have."""
    return [_fault(one, known) for one in errors]


def _fault(error: Mapping[str, Any], known: Sequence[str]) -> Fault:
    place = [part for part in error["loc"] if part not in ("body", "query", "path")]
    field = ".".join(str(part) for part in place) or "body"
    context = error.get("ctx") or {}
    if error["type"] == "extra_forbidden":
        near = nearest_field(field, known)
        message = f"there is no field {field}"
        message += f"; did you mean {near}?" if near else f"; there are {', '.join(known)}"
        return Fault(field=field, value=shown(error["input"]), message=message, nearest=near)
    if error["type"] == "missing":
        return Fault(field=field, message=f"{field} is missing")
    if error["type"] == "json_invalid":
        reason = context.get("error", "it can't be read")
        return Fault(field="body", message=f"the body is no JSON: {reason}")
    return Fault(
        field=field,
        value=shown(error["input"]),
        message=str(error["msg"]),
        nearest=context.get("nearest"),
    )


def nearest_field(name: str, known: Sequence[str]) -> str | None:
    meant = MEANT.get(name.lower())
    if meant in known:
        return meant
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return near[0] if near else None


def shown(value: object) -> object:
    """Short: a fault says which value, not all of it."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
