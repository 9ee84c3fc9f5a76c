"""`tipoff sample` and `tipoff import`: raw tables into the warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, warehouse_at
from clients.printing import ProgressLine, put_json, put_table, say
from pipeline.run import Progress
from processors.errors import UsageError
from processors.registry import load
from warehouse.interface import Loaded


def sample(
    seasons: Annotated[int, typer.Option("--seasons", help="How many, 1 to 5.")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Equal seeds give equal leagues.")] = 7,
    last_season: Annotated[
        int, typer.Option("--last-season", help="The latest of them: 2025 is 2025-26.")
    ] = 2025,
    faults: Annotated[
        bool, typer.Option("--faults", help="Break it: what must be refused or rejected.")
    ] = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Write a synthetic league's raw tables, with planted traps."""
    from league.sample import make_league, write

    progress = ProgressLine(unit="steps")
    try:
        league = make_league(seasons=seasons, seed=seed, last_season=last_season, faults=faults)
    except ValueError as error:
        raise UsageError(str(error)) from error
    progress(Progress(what="drawn", done=1, in_all=3))
    with TemporaryDirectory() as folder:
        files = write(league, Path(folder))
        progress(Progress(what="written", done=2, in_all=3))
        loaded = _load(warehouse, wait, files)
    progress.close()
    if json:
        put_json(
            {
                "loaded": [asdict(one) for one in loaded],
                "planted": [asdict(one) for one in league.planted],
                "resolved_aliases": league.report.resolved_aliases,
                "unresolved": dict(league.report.unresolved),
                "mirrored_spreads": league.report.mirrored_spreads,
                "collapsed_duplicates": dict(league.report.collapsed_duplicates),
                "refused_contradictions": [
                    asdict(one) for one in league.report.refused_contradictions
                ],
            }
        )
        return 0
    _show(loaded)
    report = league.report
    say(
        f"names resolved by alias {report.resolved_aliases:,}, not resolved and refused"
        f" {sum(report.unresolved.values())}, spreads turned homewards {report.mirrored_spreads},"
        f" identical rows collapsed {sum(report.collapsed_duplicates.values())}"
    )
    for one in report.refused_contradictions:
        say(f"refused: {one.rows} rows of {one.table} contradict each other: {one.key}")
    say(f"{len(league.planted)} planted cases: docs/league.md says what they are")
    return 0


def import_files(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files are.")],
    mapping: Annotated[
        str | None, typer.Option("--mapping", help="A shipped mapping or a TOML file.")
    ] = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Load real data from Parquet or CSV files, as a mapping describes them."""
    from league.importing import ImportReport, import_folder

    progress = ProgressLine(unit="steps")
    with TemporaryDirectory() as out:
        report: ImportReport = import_folder(folder, mapping=mapping, out=Path(out))
        progress(Progress(what="read", done=1, in_all=2))
        loaded = _load(warehouse, wait, report.files)
    progress.close()
    if json:
        plain = asdict(report) | {"files": sorted(report.files)}
        put_json(plain | {"loaded": [asdict(one) for one in loaded]})
        return 0
    put_table(
        f"read by the mapping {report.mapping}",
        ["file", "table", "read", "taken", "refused", "duplicates", "flags"],
        [
            [
                one.file,
                one.table,
                f"{one.read:,}",
                f"{one.taken:,}",
                f"{one.refused_rows:,}",
                one.duplicates,
                ", ".join(f"{name} {n:,}" for name, n in one.flags.items()),
            ]
            for one in report.sources
        ],
    )
    refusals = [(one.file, refusal) for one in report.sources for refusal in one.refused]
    if refusals:
        put_table(
            "refused",
            ["file", "rows", "reason", "such as"],
            [
                [file, f"{one.rows:,}", one.reason, one.examples[0] if one.examples else ""]
                for file, one in refusals
            ],
        )
    if report.unresolved:
        put_table(
            "names that nobody bears",
            ["name", "file", "rows"],
            [[one.name, one.file, one.rows] for one in report.unresolved],
        )
    for finding in report.findings:
        say(finding)
    _show(loaded)
    return 0


def _load(address: str | None, wait: float, files: Mapping[str, Path]) -> list[Loaded]:
    contracts = load().contracts
    with warehouse_at(address, wait) as store:
        store.migrate(list(contracts.values()))
        return store.load(files, contracts)


def _show(loaded: Sequence[Loaded]) -> None:
    put_table(
        "loaded",
        ["table", "rows read", "identical, collapsed", "replaced", "left"],
        [
            [
                one.table,
                f"{one.read:,}",
                one.collapsed or "",
                one.replaced or "",
                one.left or "",
            ]
            for one in loaded
        ],
    )
    say("next: tipoff run --start DATE --end DATE, or tipoff coverage")
