"""`tipoff backfill`: many dates asked of a service, and the truth about each."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.backfill.choosing import Only
from clients.backfill.notifying import Shape
from clients.backfill.pace import IN_FLIGHT, RATE
from clients.options import JsonOption, WarehouseOption, settings_at
from clients.printing import put_json, say
from processors.errors import UsageError

if TYPE_CHECKING:
    from clients.backfill.running import Backfill, Prepared, Wanted
    from clients.backfill.summary import Summary

DEFAULT_URL = "http://127.0.0.1:8080"
START_SECONDS, PAUSE_SECONDS = 10.0, 0.2
DATE_SECONDS, CHUNK_SECONDS = 300.0, 900.0
"""An answer waits for one date and those before it in the lane; a range's line for a chunk."""


def backfill(
    start: Annotated[
        str | None, typer.Option("--start", metavar="DATE", help="First date, with --end.")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", metavar="DATE", help="Last date.")] = None,
    dates: Annotated[
        str | None, typer.Option("--dates", metavar="D,D", help="These dates.")
    ] = None,
    dates_file: Annotated[
        Path | None, typer.Option("--dates-file", help="A CSV file with a column date.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            help=f"The service; else the one that holds the warehouse, else {DEFAULT_URL}.",
        ),
    ] = None,
    processors: Annotated[
        str | None,
        typer.Option("--processors", metavar="A,B", help="Only these; else the five precompute."),
    ] = None,
    start_from: Annotated[
        str | None,
        typer.Option(
            "--start-from", metavar="TABLE", help="Of those, from this one on, by dependency."
        ),
    ] = None,
    only: Annotated[
        Only, typer.Option("--only", help="Of what isn't fresh: why it isn't.")
    ] = Only.ALL,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Only so many: first, last, between.")
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The latest first.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Compute and publish again what is fresh.")
    ] = False,
    whole_ranges: Annotated[
        bool, typer.Option("--whole-ranges", help="Many dates a request: the fastest way.")
    ] = False,
    rate: Annotated[float, typer.Option("--rate", min=0.01, help="Requests a second.")] = RATE,
    in_flight: Annotated[
        int, typer.Option("--in-flight", min=1, max=64, help="Requests at once, at most.")
    ] = IN_FLIGHT,
    time_out: Annotated[
        float | None,
        typer.Option(
            "--time-out",
            min=1,
            metavar="SECONDS",
            help=f"For an answer; else {DATE_SECONDS:g}, or {CHUNK_SECONDS:g} a line of a range.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked, and ask nothing.")
    ] = False,
    allow_drift: Annotated[
        bool, typer.Option("--allow-drift", help="Also where it runs other code than this here.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Begin without asking.")] = False,
    removed_file: Annotated[
        Path | None,
        typer.Option("--removed-file", help="Write the dates that are left out, with reasons."),
    ] = None,
    journal: Annotated[
        Path | None, typer.Option("--journal", help="Append every try as a JSON line.")
    ] = None,
    notify_url: Annotated[
        str | None, typer.Option("--notify-url", help="Post the summary there.")
    ] = None,
    notify_as: Annotated[
        Shape | None, typer.Option("--notify-as", help="Its shape; else by the host.")
    ] = None,
    identity: Annotated[
        str,
        typer.Option(
            "--identity",
            metavar="HOW",
            help="auto, none, metadata, file:PATH, impersonate:ACCOUNT, gcloud.",
        ),
    ] = "auto",
    warehouse: WarehouseOption = None,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", help="For a service that is starting.")
    ] = START_SECONDS,
    json: JsonOption = False,
) -> int:
    """Ask a service for many dates, gently, until each of them is done."""
    from clients.backfill.dates import asked_dates
    from clients.backfill.journal import Journal
    from clients.backfill.notifying import shape_of
    from clients.backfill.running import Backfill, Wanted
    from clients.backfill.tables import asked_tables
    from clients.identity import How, identity_for
    from processors.registry import load

    if whole_ranges and reverse:
        raise UsageError("--whole-ranges goes forward: leave --reverse out, or go one by one")
    if notify_url is not None:
        shape_of(notify_url, notify_as)
    registry = load()
    wanted = Wanted(
        days=asked_dates(start=start, end=end, dates=dates, file=dates_file),
        tables=asked_tables(registry, processors, start_from),
        only=only,
        force=force,
        sample=sample,
        reverse=reverse,
        whole_ranges=whole_ranges,
        rate=rate,
        in_flight=in_flight,
        seconds=time_out or (CHUNK_SECONDS if whole_ranges else DATE_SECONDS),
        allow_drift=allow_drift,
    )
    where = answering_url(url, warehouse, wait)
    campaign = Backfill(where, identity_for(where, How.parse(identity)), wanted, registry)
    with asyncio.Runner() as runner, Journal(journal) as notes:
        prepared = runner.run(campaign.prepare())
        _announce(campaign, prepared, removed_file)
        if dry_run or not prepared.days:
            if json:
                put_json(_planned(prepared))
            return 0
        if not yes:
            _confirm()
        summary = runner.run(campaign.work(prepared.days, journal=notes))
    _tell(summary, wanted, json=json)
    if notify_url is not None:
        _notify(notify_url, summary, notify_as)
    return summary.exit_code


def answering_url(url: str | None, warehouse: str | None, wait: float) -> str:
    """Where the service is, once it answers; else where it was looked for last."""
    deadline = time.monotonic() + wait
    while not _answers(where := service_url(url, warehouse)) and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
    return where


def _answers(url: str) -> bool:
    """Anything at all: what it says is judged by whoever asks it something."""
    import httpx

    try:
        httpx.get(f"{url}/readyz", timeout=START_SECONDS)
    except httpx.TransportError:
        return False
    return True


def service_url(url: str | None, warehouse: str | None) -> str:
    """As told, else whoever holds the warehouse's file, else where `tipoff serve` listens."""
    from warehouse.opening import SCHEME

    if url is None:
        from warehouse.duckdb.ownership import read_owner

        path = settings_at(warehouse).warehouse.removeprefix(SCHEME)
        owner = read_owner(Path(path))
        url = owner.url if owner and owner.is_here and owner.url else DEFAULT_URL
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is no service: --url begins with http:// or https://")
    return url.rstrip("/")


def _announce(campaign: Backfill, prepared: Prepared, removed_file: Path | None) -> None:
    from clients.backfill.classifying import write_removed

    for line in prepared.drift:
        say(f"drift: {line}")
    say(f"{prepared.classified} at {campaign.url}")
    if removed_file is not None:
        removed = write_removed(prepared.classified, removed_file)
        say(f"{removed} removed dates with their reasons: {removed_file}")
    if not prepared.days:
        say("nothing to ask for")
        return
    wanted = campaign.wanted
    say(f"{len(prepared.days)} dates will be asked for, {_how(wanted)}; time: {prepared.estimate}")
    if prepared.reading is not None:
        say(f"they will read {prepared.reading}")
        for finding in prepared.reading.findings:
            say(finding)


def _how(wanted: Wanted) -> str:
    if wanted.whole_ranges:
        return "by whole ranges"
    return f"up to {wanted.in_flight} at once and {wanted.rate:g} a second"


def _confirm() -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("nobody is here to say yes: give --yes, or --dry-run to only look")
    typer.confirm("begin?", abort=True, err=True)


def _tell(summary: Summary, wanted: Wanted, *, json: bool) -> None:
    if json:
        put_json(summary.as_json())
    else:
        summary.show()
    say(f"{summary.overall.word}: {summary.sentence}")
    if summary.overall.exit_code or summary.left:
        say(
            "the same command again asks the plan anew and does what is left"
            + ("; without --force, or it does all again" if wanted.force else "")
        )


def _planned(prepared: Prepared) -> dict[str, object]:
    return {
        "status": "dry_run" if prepared.days else "completed",
        "asked": len(prepared.classified.lots),
        "dates": {lot.value: count for lot, count in prepared.classified.counts.items()},
        "to_ask": [str(day) for day in prepared.days],
        "estimate": prepared.estimate,
        "bytes": prepared.reading.bytes if prepared.reading else None,
        "drift": list(prepared.drift),
    }


def _notify(url: str, summary: Summary, shape: Shape | None) -> None:
    from clients.backfill.notifying import notify

    if trouble := notify(url, summary, shape):
        say(trouble)
