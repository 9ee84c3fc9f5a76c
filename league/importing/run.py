"""The import: files and a mapping in, one Parquet file a raw table and a report out."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from league.importing import folder as folders
from league.importing import mapping_file, reading, resolving, staging
from league.importing.errors import ImportRefused
from league.importing.keys import settle
from league.importing.odds import check_spread_signs
from league.importing.people import People
from league.importing.people_tables import gather, put, write_players
from league.importing.report import (
    FileReport,
    ImportReport,
    Refusal,
    UnresolvedName,
    report_files,
    unresolved_names,
)
from league.importing.rules import Mapping
from league.importing.tables import TABLES, WITH_GAMES
from warehouse.files import Desk

ByFile = dict[str, dict[str, int]]
"""Rows by table and file."""


def import_folder(folder: Path, *, mapping: str | Path | None = None, out: Path) -> ImportReport:
    """Read a folder of Parquet and CSV files and write the raw tables' rows into `out`."""
    if out.resolve() == folder.resolve():
        raise ImportRefused(f"{out} holds the sources: write somewhere else.")
    with Desk() as desk:
        files = folders.list_files(desk, folder)
        chosen = folders.choose(files, folder) if mapping is None else mapping
        rules = mapping_file.load(chosen)
        batches, ignored = folders.assign(rules, files)
        stages, read, copies = stage_all(desk, rules, batches)
        if not stages["schedule"]:
            raise ImportRefused(
                f"{folder} holds no schedule of mapping {chosen}:"
                f" looked for {', '.join(schedule_files(rules))}.",
                folder=str(folder),
            )
        who, tables = build(desk, rules, stages)
        sources = tuple(
            report
            for table in tables
            for report in report_files(desk, table, read[table], copies[table])
        )
        names: tuple[UnresolvedName, ...] = tuple(
            name
            for table in tables
            if "player_lookup" in TABLES[table].column_names
            for name in unresolved_names(desk, table)
        )
        written = write(desk, who, [table for table in tables if table != "players"], out=out)
    return ImportReport(
        mapping=str(chosen),
        files={TABLES[table].table: path for table, (path, rows) in written.items() if rows},
        rows={TABLES[table].table: rows for table, (_, rows) in written.items()},
        sources=sources + whole_files_refused(batches, read),
        unresolved=names,
        findings=who.shared,
        ignored=ignored,
    )


def schedule_files(rules: Mapping) -> list[str]:
    return [one for source in rules.source if source.table == "schedule" for one in source.files]


def stage_all(
    desk: Desk, rules: Mapping, batches: tuple[folders.Batch, ...]
) -> tuple[dict[str, list[str]], ByFile, ByFile]:
    """Read and stage every batch: the stages by table, the rows read, the copies dropped."""
    stages: dict[str, list[str]] = defaultdict(list)
    read: ByFile = defaultdict(dict)
    copies: ByFile = defaultdict(dict)
    for number, batch in enumerate(batches):
        source, table = f"source_{number}", batch.source.table
        reading.read(desk, batch, source)
        counted = dict(desk.rows(f"SELECT _file, count(*) FROM {source} GROUP BY _file"))
        for file in batch.files:
            read[table][str(file.path)] = counted.get(str(file.path), 0)
        if batch.source.pair is not None:
            copies[table] |= reading.drop_copies(desk, source)
        if batch.source.refuse_file is None:
            staging.stage(desk, rules, batch, source=source, name=f"stage_{number}")
            stages[table].append(f"stage_{number}")
        desk.run(f"DROP TABLE {source}")
    return stages, read, copies


def build(desk: Desk, rules: Mapping, stages: dict[str, list[str]]) -> tuple[People, list[str]]:
    """Settle every table: the games first, then the people, then what is about both."""
    resolving.resolve_schedule(desk, stages["schedule"])
    settle(desk, "schedule")
    desk.run(
        "CREATE OR REPLACE TABLE games AS"
        " SELECT * FROM settled_schedule WHERE _reason IS NULL AND NOT _copy"
    )
    who = gather(desk, rules, stages)
    put(desk, who, stages)
    tables = ["schedule"]
    for table in WITH_GAMES:
        if stages[table]:
            resolving.resolve_table(desk, table, stages[table])
            settle(desk, table)
            tables.append(table)
    if stages["players"]:
        resolving.resolve_players(desk, stages["players"])
        settle(desk, "players")
        tables.append("players")
    if "odds_game_lines" in tables:
        check_spread_signs(desk)
    return who, tables


def whole_files_refused(batches: tuple[folders.Batch, ...], read: ByFile) -> tuple[FileReport, ...]:
    """The files of which the mapping takes nothing, with its reason."""
    return tuple(
        FileReport(
            file=file.path.name,
            table=batch.source.table,
            read=rows,
            refused=(Refusal(reason=batch.source.refuse_file, rows=rows),),
            flags={},
        )
        for batch in batches
        if batch.source.refuse_file is not None
        for file in batch.files
        for rows in (read[batch.source.table][str(file.path)],)
    )


def write(desk: Desk, who: People, tables: list[str], *, out: Path) -> dict[str, tuple[Path, int]]:
    """Write all tables beside each other first and only then put them in place."""
    out.mkdir(parents=True, exist_ok=True)
    written: dict[str, tuple[Path, int]] = {}
    with TemporaryDirectory(dir=out, prefix=".importing-") as drafts:
        for table in tables:
            query = f"SELECT * FROM settled_{table} WHERE _reason IS NULL AND NOT _copy"
            rows = desk.write(query, TABLES[table], Path(drafts) / f"{table}.parquet")
            written[table] = (out / f"{table}.parquet", rows)
        rows = write_players(desk, who, Path(drafts) / "players.parquet")
        written["players"] = (out / "players.parquet", rows)
        for path, rows in written.values():
            if rows:
                (Path(drafts) / path.name).replace(path)
    return written
