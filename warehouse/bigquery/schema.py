"""The layout of each table on BigQuery, from its contract and nothing else.

Tables with dates are partitioned by day of their date column: a date is published by replacing
`table$YYYYMMDD`, which is atomic and takes nothing from the limits of DML. A whole history is well
inside the 10,000 partitions that a table may have; of the 4,000 that one job may modify see
`loading`.

nba_ops is partitioned by day of `recorded_at`, when the rows came. Its rows come in appends, and
each append modifies every partition that it has rows of: by the date that rows are about, the word
on a history meets the 4,000 of one job; by the day of coming an append is one. What is asked (the
last word on a table and a date) is found by clustering.

No table and no partition expires: expiration deletes history without a word. Only scratch does.

Every column is NULLABLE, those too that a contract says are never NULL: a query's result is
NULLABLE whatever is in it, and BigQuery refuses to write it to a REQUIRED column. The gates hold
the rows to the contract before they are published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from processors.columns import Column, Type
from processors.contract import Contract, Layer
from warehouse.bigquery.address import SCRATCH, Address
from warehouse.bigquery.labels import checked
from warehouse.bigquery.layout import ColumnLayout, DatasetLayout, Partitioning, TableLayout

MOST_CLUSTERING = 4
RECORDED_AT = "recorded_at"
ASKED_BY = ("table_name", "partition_date")
"""What rows of nba_ops are looked up by."""
FIRST_DATE = "DATE '0001-01-01'"
"""From it on are all dates: for what has to name some, and means any."""
SCRATCH_EXPIRATION = 24 * 60 * 60 * 1000
LABELS = {"managed_by": "tipoff"}
ABOUT = {
    "nba_raw": "What happened, as it was loaded.",
    "nba_analytics": "What happened and how everyone stood, computed.",
    "nba_precompute": "What a date's predictions are made from, computed.",
    "nba_predictions": "What models read, what is said, and what became of it, computed.",
    "nba_ops": "What Tipoff remembers of its own work.",
    SCRATCH: "What Tipoff is about to publish. Every table expires after a day.",
}


def layout_of(contract: Contract) -> TableLayout:
    by = contract.date_column
    if contract.layer is Layer.OPS:
        by = next((one.name for one in contract.columns if one.name == RECORDED_AT), None)
    return TableLayout(
        table=contract.table,
        columns=tuple(_column(one) for one in contract.stored_columns),
        description=contract.description,
        partitioning=Partitioning(column=by) if by else None,
        clustering=_clustering(contract, by),
        requires_filter=requires_filter(contract),
        labels=checked({**LABELS, "layer": contract.layer.value}),
    )


def requires_filter(contract: Contract) -> bool:
    """Whether a query that names no dates is refused.

    Raw facts (a key of several columns) are large and always read for some dates. A list of things,
    known by one column (schedule, players), is read whole: the calendar is made from it. Computed
    tables are read whole by the users' own queries (`tipoff sql`), nba_ops by ours.
    """
    return contract.layer is Layer.RAW and bool(contract.date_column) and len(contract.key) > 1


def datasets_of(
    contracts: Iterable[Contract], address: Address, *, scratch: bool = True
) -> list[DatasetLayout]:
    """Those of these contracts, and scratch."""
    names = sorted({one.dataset for one in contracts})
    made = [
        DatasetLayout(
            name=name, location=address.location, description=ABOUT[name], labels=checked(LABELS)
        )
        for name in names
    ]
    if scratch:
        made.append(
            DatasetLayout(
                name=SCRATCH,
                location=address.location,
                description=ABOUT[SCRATCH],
                table_expiration=SCRATCH_EXPIRATION,
                labels=checked(LABELS),
            )
        )
    return made


def _column(column: Column) -> ColumnLayout:
    unit = f" Unit: {column.unit}." if column.unit else ""
    return ColumnLayout(
        name=column.name, type=column.type.value, description=f"{column.description}{unit}"
    )


def _clustering(contract: Contract, partitioned_by: str | None) -> tuple[str, ...]:
    """The key, as far as it may cluster: not the partition's column, no FLOAT64, at most four."""
    columns = {one.name: one for one in contract.columns}
    chosen: Sequence[str] = contract.key
    if contract.layer is Layer.OPS:
        chosen = [*(one for one in ASKED_BY if one in columns), *contract.key]
    return tuple(dict.fromkeys(_clusterable(chosen, columns.values(), partitioned_by)))[
        :MOST_CLUSTERING
    ]


def _clusterable(
    names: Iterable[str], columns: Collection[Column], partitioned_by: str | None
) -> Iterable[str]:
    floats = {one.name for one in columns if one.type is Type.FLOAT64}
    return (one for one in names if one != partitioned_by and one not in floats)
