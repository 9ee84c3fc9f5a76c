"""`tipoff audit`: proofs about what is stored, made on a copy; the warehouse keeps the verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from clients.commands.demonstrate import demonstration
from clients.options import (
    WAIT,
    EndOption,
    JsonOption,
    StartOption,
    TablesOption,
    WaitOption,
    WarehouseOption,
    parse_tables,
    pipeline_at,
)
from clients.printing import put_json, put_table, say
from pipeline.audit.blindness import audit_date, sampled
from pipeline.audit.canaries import SeasonVerdict, audit_canaries
from pipeline.audit.repetition import audit_idempotence, audit_range
from pipeline.audit.verdict import Verdict, Word, overall, remember
from pipeline.days import parse_day
from pipeline.run import Pipeline
from processors.errors import UsageError

EXIT_CODES = {Word.PASSED: 0, Word.FAILED: 1, Word.UNDETERMINED: 2}
SHOWN = 10

app = typer.Typer(
    help="Prove what is stored; the warehouse's tables are never touched.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("demonstrate")(demonstration)


@app.command()
def blindness(
    start: StartOption,
    end: EndOption = None,
    tables: TablesOption = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="So many dates, evenly spread.")
    ] = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Tamper with all that a date may not have known: nothing may move. 1 is a leak, 2 unproven."""
    with pipeline_at(warehouse, wait) as pipeline:
        chosen = parse_tables(tables, pipeline.registry)
        days = sampled(_days(pipeline, start, end), sample)
        verdicts = [one for day in days for one in audit_date(pipeline, chosen, day)]
        return _conclude(pipeline, verdicts, json=json)


@app.command("range")
def range_(
    start: StartOption,
    end: EndOption = None,
    tables: TablesOption = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Compute a range in one pass and date by date: the rows must be equal."""
    with pipeline_at(warehouse, wait) as pipeline:
        chosen = parse_tables(tables, pipeline.registry)
        verdicts = list(audit_range(pipeline, chosen, _days(pipeline, start, end)))
        return _conclude(pipeline, verdicts, json=json)


@app.command()
def idempotence(
    start: StartOption,
    end: EndOption = None,
    tables: TablesOption = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Compute each date twice: the rows must be equal, and equal to those stored."""
    with pipeline_at(warehouse, wait) as pipeline:
        chosen = parse_tables(tables, pipeline.registry)
        verdicts = list(audit_idempotence(pipeline, chosen, _days(pipeline, start, end)))
        return _conclude(pipeline, verdicts, json=json)


@app.command()
def canaries(
    tables: TablesOption = None,
    season: Annotated[
        int | None, typer.Option("--season", metavar="YEAR", help="2024 is 2024-25; else all.")
    ] = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Hold each column of a season to its contract: NULL share, one value, range. 1 is beyond."""
    with pipeline_at(warehouse, wait) as pipeline:
        chosen = [
            pipeline.registry.contracts[one] for one in parse_tables(tables, pipeline.registry)
        ]
        verdicts = list(
            audit_canaries(pipeline.warehouse, pipeline.assessor.calendar, chosen, season)
        )
        if not json:
            show_findings(verdicts)
        return _conclude(pipeline, verdicts, json=json, unit="seasons")


def _days(pipeline: Pipeline, start: str, end: str | None) -> tuple[date, ...]:
    first, last = parse_day(start), parse_day(end or start)
    if last < first:
        raise UsageError(f"the range ends on {last}, before it starts on {first}")
    return pipeline.assessor.calendar.dates_with_games(first, last)


def _conclude(
    pipeline: Pipeline, verdicts: Sequence[Verdict], *, json: bool, unit: str = "dates"
) -> int:
    audit_id = remember(pipeline.warehouse, verdicts)
    word = overall(verdicts)
    if json:
        shown = [_as_json(one) for one in verdicts]
        put_json({"verdict": word.value, "audit_id": audit_id, "verdicts": shown})
    else:
        show(verdicts, word, unit)
    return EXIT_CODES[word]


def show(verdicts: Sequence[Verdict], word: Word, unit: str = "dates") -> None:
    counts: dict[str, Counter[Word]] = {}
    for one in verdicts:
        counts.setdefault(one.table, Counter())[one.word] += 1
    put_table(
        unit,
        ["table", *Word],
        [[table, *(of[said] or "" for said in Word)] for table, of in counts.items()],
    )
    bad = [one for one in verdicts if one.word is not Word.PASSED]
    if bad:
        put_table(
            "what is not proven",
            ["table", "date", "verdict", "reason"],
            [[one.table, one.day, one.word, one.reason] for one in bad[:SHOWN]],
        )
    if len(bad) > SHOWN:
        say(f"… and {len(bad) - SHOWN} more: --json lists them all")
    say(word.value if verdicts else f"{word.value}: no date of the range is computed")


def show_findings(verdicts: Sequence[SeasonVerdict]) -> None:
    """Every column that is beyond its threshold."""
    rows = [
        [one.table, one.season, found.column, found.what, found.found, found.threshold]
        for one in verdicts
        for found in one.findings
    ]
    if rows:
        put_table(
            "beyond the thresholds",
            ["table", "season", "column", "what", "found", "threshold"],
            rows,
        )


def _as_json(one: Verdict) -> dict[str, object]:
    return {
        "table": one.table,
        "date": one.day,
        "verdict": one.word.value,
        "reason": one.reason,
        "evidence": one.evidence,
    }
