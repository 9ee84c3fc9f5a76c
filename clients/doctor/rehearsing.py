"""One date end to end: computed in a rehearsal, then by DuckDB from the same raw rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from clients.doctor.choosing import Chosen
from clients.doctor.comparing import compared
from clients.doctor.deployment import Deployment
from clients.doctor.finding import Finding, failed, passed, undetermined
from clients.printing import ProgressLine
from pipeline.amounts import in_words
from pipeline.audit.copying import copy_dates
from pipeline.outcome import Outcome, Status
from pipeline.run import Pipeline
from processors.contract import Layer
from warehouse.interface import Warehouse

NAME = "end to end"
LARGE = 10 * 1000**3
"""Bytes that are read without being asked for by --yes."""
PUBLISHED = (Status.SUCCESS, Status.UNCHANGED, Status.PARTIAL)
WRONG = (Status.FAILED, Status.REJECTED)


def end_to_end(
    examined: Deployment, chosen: Chosen, *, bytes_read: int, is_agreed: bool, is_kept: bool
) -> Iterator[Finding]:
    """What was made is dropped, however it ends."""
    if bytes_read > LARGE and not is_agreed:
        says = f"{chosen.day} would read {in_words(bytes_read)}; nothing was sent"
        yield undetermined(NAME, says, "say --yes, or name a --date nearer to a season's start")
        return
    here = examined.warehouse.rehearsal(examined.prefix)
    try:
        with closing(here):
            ours = _computed(examined, here, chosen)
            yield _outcome(chosen, ours, f"kept in {here.address}" if is_kept else "dropped again")
            if any(one.status in PUBLISHED for one in ours.values()):
                yield from _computed_again(examined, here, chosen, ours)
    finally:
        if not is_kept:
            examined.drop(here)


def _computed_again(
    examined: Deployment, here: Warehouse, chosen: Chosen, ours: Mapping[str, Outcome]
) -> Iterator[Finding]:
    # The engine that is examined may be another one: DuckDB is loaded where it is needed.
    from warehouse.duckdb.engine import DuckDBWarehouse

    registry, settings = examined.registry, examined.settings
    raw = [one for one in registry.contracts.values() if one.layer is Layer.RAW]
    with (
        TemporaryDirectory() as folder,
        closing(
            DuckDBWarehouse(
                Path(folder) / "doctor.duckdb",
                threads=settings.threads,
                memory_limit=settings.memory_limit,
            )
        ) as there,
    ):
        there.migrate(list(registry.contracts.values()))
        copy_dates(examined.warehouse, there, registry, chosen.copied(raw))
        theirs = _computed(examined, there, chosen)
        for table, one in ours.items():
            contract = registry.contracts[table]
            if one.status in PUBLISHED and theirs[table].status in PUBLISHED:
                yield compared(contract, chosen.day, here, there)
            else:
                yield _not_compared(f"rows {contract.name}", one, theirs[table])


def _computed(examined: Deployment, warehouse: Warehouse, chosen: Chosen) -> Mapping[str, Outcome]:
    """By table, what became of the date."""
    pipeline = Pipeline(warehouse, examined.registry, bytes_cap=examined.settings.cap)
    pipeline.on_progress = progress = ProgressLine()
    report = pipeline.run(chosen.request)
    progress.close()
    return {one.table: one for one in report.results}


def _outcome(chosen: Chosen, ours: Mapping[str, Outcome], after: str) -> Finding:
    wrong = [one for one in ours.values() if one.status in WRONG]
    left = [one for one in ours.values() if one.status not in (*PUBLISHED, *WRONG)]
    if wrong:
        return failed(NAME, f"{chosen.day}: {_said(wrong[0])}")
    if left:
        do = "load what is missing, or name another --date"
        return undetermined(NAME, f"{chosen.day}: {_said(left[0])}", do)
    rows = sum(one.evidence.rows for one in ours.values())
    says = f"{chosen.day}: {len(ours)} tables, {rows:,} rows, in a rehearsal that is {after}"
    return passed(NAME, says)


def _not_compared(name: str, ours: Outcome, theirs: Outcome) -> Finding:
    if ours.status is theirs.status:
        return undetermined(name, f"on both engines {_said(ours)}")
    return failed(name, f"here {_said(ours)}; on DuckDB {_said(theirs)}")


def _said(one: Outcome) -> str:
    return f"{one.table} is {one.status}: {one.reason}"
