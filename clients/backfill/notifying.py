"""Somebody is told what came of it. That it didn't work is said too, and never where exactly: such
addresses are secrets."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from processors.errors import UsageError

if TYPE_CHECKING:
    from clients.backfill.summary import Summary

SECONDS = 10.0
SLACK_HOST = "hooks.slack.com"
REASONS = 5


class Shape(StrEnum):
    """Of the message."""

    SLACK = "slack"
    JSON = "json"


def shape_of(url: str, told: Shape | None) -> Shape:
    """As told, else by the host."""
    return told or (Shape.SLACK if _parts(url).hostname == SLACK_HOST else Shape.JSON)


def where(url: str) -> str:
    """Without what is secret of it: the path, the query, a password."""
    parts = _parts(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/…"


def message(summary: Summary, shape: Shape) -> dict[str, Any]:
    lines = [f"Backfill at {summary.url} {summary.overall.word}: {summary.sentence}"]
    lines += [
        f"{one.dates} × {one.table or 'date'} {one.status}, first {one.first}: {one.example}"
        for one in summary.reasons[:REASONS]
    ]
    text = "\n".join(lines)
    return {"text": text} if shape is Shape.SLACK else {"text": text, "summary": summary.as_json()}


def notify(url: str, summary: Summary, told: Shape | None) -> str | None:
    """What went wrong with it, if anything did."""
    import httpx  # not before there is something to post: commands ask for help too

    try:
        answer = httpx.post(url, json=message(summary, shape_of(url, told)), timeout=SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"nobody was told: {where(url)} can't be reached ({type(error).__name__})"
    if answer.is_success:
        return None
    return f"nobody was told: {where(url)} answered {answer.status_code}"


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        parts.port  # noqa: B018 raises where it is none
    except ValueError:
        is_address = False
    if not is_address:
        raise UsageError("--notify-url is no address: it begins with https://")
    return parts
