"""`tipoff handoff`: the page for whoever comes next."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, asking
from clients.printing import put_json, say
from pipeline.clock import EASTERN
from pipeline.days import parse_day
from pipeline.handoff_page import written_at
from processors.errors import UsageError


def handoff(
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="MOMENT",
            help="A date (Eastern) or 2024-11-18T22:00:00-05:00; else when FILE was written, else"
            " a day ago.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write it there; an older page is replaced."),
    ] = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Write the page for the night: what stands, runs, failed, is stale, has changed; what next."""
    before = _written_before(out) if out else None
    found = asking(warehouse, wait).handoff(_moment(since) if since else before)
    if out:
        try:
            out.write_text(found.page, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{out} can't be written: {error.strerror}") from error
        say(f"written: {out}")
    if json:
        put_json(found.model_dump(mode="json"))
    elif not out:
        # As it is: a console would break lines of Markdown.
        typer.echo(found.page, nl=False)
    return 0


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.combine(parse_day(text), time(), EASTERN)
    if len(text) == len("2024-11-18"):
        return datetime.combine(parse_day(text), time(), EASTERN)
    if moment.tzinfo is None:
        raise UsageError(f"--since {text!r} has no zone: write 2024-11-18T22:00:00-05:00")
    return moment


def _written_before(out: Path) -> datetime | None:
    """What is something else is not written over."""
    try:
        page = out.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{out} can't be read as a page of Markdown: name another file") from error
    moment = written_at(page)
    if moment is None:
        raise UsageError(f"{out} holds something else than a handoff: name another file")
    return moment
