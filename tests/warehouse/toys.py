"""A raw table and a table computed from it, as small as tables can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from processors.columns import count, day, flag, instant, real, text
from processors.contract import Contract, Cutoff, Input, Layer
from processors.registry import Processor, load
from processors.statement import Statement
from processors.window import ON_THE_DAY
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.bigquery.names import placed
from warehouse.bigquery.request import Request
from warehouse.duckdb.compiled import duckdb_text
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import Errand, Fingerprint, Publication, Row, Span, Warehouse

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
KINDS = replace(RAW, table="nba_raw.kinds", key=("name",), date_column=None)
"""A list of things, without dates."""
OPS = tuple(one for one in load().contracts.values() if one.layer is Layer.OPS)
CONTRACTS = (RAW, KINDS, TOYS, *OPS)

Rows = Sequence[Mapping[str, object]]


def toy(made_on: date | None, name: str | None, **said: object) -> dict[str, object]:
    ordinary = {"wheels": 4, "weight": 1.5, "is_red": True, "seen_at": NOON}
    return {"made_on": made_on, "name": name, **ordinary, **said}


ROWS = [toy(one, f"toy {n}", wheels=n) for one in (D1, D2) for n in range(10)]


def shop(rows: Rows = (), *, path=None, threads: int | None = None) -> DuckDBWarehouse:
    """A warehouse with these raw toys; loaded past the checks, to see what comes of bad ones."""
    warehouse = DuckDBWarehouse(path, threads=threads)
    warehouse.migrate(CONTRACTS)
    warehouse.append({RAW.table: rows})
    return warehouse


def span(first: date = D1, last: date = D3) -> Span:
    return Span(start=first, end=last, history_start=first)


def stage(
    warehouse: Warehouse, first: date = D1, last: date = D3, *, errand: Errand | None = None
) -> None:
    warehouse.stage(MAKER, span(first, last), errand)


def by_hand(warehouse: Warehouse, text: str) -> None:
    """What somebody does to the tables behind our back."""
    if isinstance(warehouse, DuckDBWarehouse):
        warehouse._connection.execute(duckdb_text(text))
    elif isinstance(warehouse, BigQueryWarehouse):
        asked = Request(what="by hand", text=placed(text, warehouse._place, {}))
        warehouse._jobs.run(asked)


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


def publish(warehouse: Warehouse, *days: date, step=lambda _: None, **said: object) -> None:
    warehouse.publish(publication(*days, **said), step)


def prints(
    warehouse: Warehouse, columns: tuple[str, ...] = RAW.column_names
) -> dict[date, Fingerprint]:
    return warehouse.fingerprints(RAW, [columns], first=D1, last=D3)[0]


def stored(warehouse: Warehouse, table: str = TOYS.table) -> list[Row]:
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
