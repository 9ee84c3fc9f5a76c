"""A raw table and a table computed from it, as small as tables can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from processors.columns import count, day, flag, instant, real, text
from processors.contract import Contract, Cutoff, Input, Layer
from processors.registry import Processor, load
from processors.statement import Statement
from processors.window import ON_THE_DAY
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import Publication, Span

D1, D2, D3 = date(2024, 11, 1), date(2024, 11, 2), date(2024, 11, 3)
NOON = datetime(2024, 11, 9, 12)

COLUMNS = (
    day("made_on", "The date.", nullable=False),
    text("name", "The toy.", nullable=False),
    count("wheels", "How many."),
    real("weight", "In kilogrammes.", digits=2, minimum=0, maximum=100),
    flag("is_red", "Whether it is."),
    instant("seen_at", "When, UTC."),
)
RAW = Contract(
    table="nba_raw.toys",
    description="Toys as they came.",
    layer=Layer.RAW,
    key=("made_on", "name"),
    date_column="made_on",
    columns=COLUMNS,
)
TOYS = Contract(
    table="nba_analytics.toys_seen",
    description="Toys as they are.",
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.AFTER_GAME,
    key=("made_on", "name"),
    date_column="made_on",
    inputs=(Input(table="nba_raw.toys", window=ON_THE_DAY),),
    columns=COLUMNS,
)
MAKER = Processor(
    TOYS,
    Statement(
        "SELECT made_on, name, wheels, weight, is_red, seen_at FROM `nba_raw.toys`"
        " WHERE made_on >= @start_date AND made_on <= @end_date"
    ),
)
OPS = tuple(one for one in load().contracts.values() if one.layer is Layer.OPS)

Rows = Sequence[Mapping[str, object]]


def toy(made_on: date | None, name: str | None, **said: object) -> dict[str, object]:
    ordinary = {"wheels": 4, "weight": 1.5, "is_red": True, "seen_at": NOON}
    return {"made_on": made_on, "name": name, **ordinary, **said}


def shop(rows: Rows = (), *, path=None, threads: int | None = None) -> DuckDBWarehouse:
    """A warehouse with these raw toys; loaded past the checks, to see what comes of bad ones."""
    warehouse = DuckDBWarehouse(path, threads=threads)
    warehouse.migrate([RAW, TOYS, *OPS])
    warehouse.append({RAW.table: rows})
    return warehouse


def stage(warehouse: DuckDBWarehouse, first: date = D1, last: date = D3) -> None:
    warehouse.stage(MAKER, Span(start=first, end=last, history_start=first))


def publication(
    *days: date,
    quarantined: Sequence[date] = (),
    run_id: str = "run",
    ledger: Mapping | None = None,
) -> Publication:
    return Publication(
        contract=TOYS,
        replaced={one: f"inputs of {one}" for one in days},
        quarantined=quarantined,
        logic_version="today",
        run_id=run_id,
        processed_at=NOON,
        ledger=ledger or {},
    )


def publish(warehouse: DuckDBWarehouse, *days: date, step=lambda _: None, **said: object) -> None:
    warehouse.publish(publication(*days, **said), step)


def stored(warehouse: DuckDBWarehouse, table: str = TOYS.table) -> list[tuple]:
    return warehouse.rows(f"SELECT made_on, name, wheels FROM `{table}` ORDER BY made_on, name")


def dead_runs(number: int) -> Rows:
    """Rows for nba_ops.runs."""
    return [
        {
            "run_id": f"run {one}",
            "event": "started",
            "recorded_at": NOON,
            "status": None,
            "request": "{}",
            "process": "here:1",
            "detail": None,
        }
        for one in range(number)
    ]
