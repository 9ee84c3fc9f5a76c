"""What was read of the tables' content, kept in a table for the next process: it begins with one
query in place of one a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from processors.columns import Type, count, day, instant, text
from processors.contract import Contract, Layer
from warehouse.bigquery.statements import appended
from warehouse.interface import Row

CONTRACT = Contract(
    table="nba_ops.contents",
    description="What BigQuery's partitions held when they were last read; losing it costs reads.",
    layer=Layer.OPS,
    key=("table_name", "partition_date", "looked_at"),
    date_column="partition_date",
    columns=(
        text("table_name", "dataset.table.", nullable=False),
        day("partition_date", "The partition.", nullable=False),
        count("held", "Its rows.", nullable=False),
        text("fingerprints", "JSON: its fingerprint by a digest of what was read.", nullable=False),
        instant("looked_at", "When it was read, UTC, by BigQuery's clock.", nullable=False),
        instant("recorded_at", "When this was written, UTC.", nullable=False),
    ),
)
TYPES: Mapping[str, Type] = {one.name: one.type for one in CONTRACT.columns}
LASTS = timedelta(days=90)
"""What nobody has read for so long is read again: the table is not searched from its beginning."""
MOST_ROWS = 5_000
"""In one append, which is one request of at most 10 MB."""

RECALL = f"""
SELECT table_name, partition_date, held, fingerprints, looked_at
FROM `{CONTRACT.table}`
WHERE recorded_at >= @since
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY table_name, partition_date ORDER BY looked_at DESC) = 1
"""
KEEP = appended(CONTRACT)


@dataclass(frozen=True, kw_only=True)
class Memory:
    """One partition, as it was seen through several views."""

    table: str
    day: date
    held: int
    contents: Mapping[str, int]
    looked_at: datetime


def since(now: datetime) -> datetime:
    return now - LASTS


def read(rows: Iterable[Row]) -> list[Memory]:
    return [
        Memory(table=table, day=day, held=held, contents=json.loads(contents), looked_at=looked_at)
        for table, day, held, contents, looked_at in rows
    ]


def as_rows(memories: Sequence[Memory]) -> list[dict[str, object]]:
    """For `KEEP`."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return [
        {
            "table_name": one.table,
            "partition_date": one.day,
            "held": one.held,
            "fingerprints": json.dumps(one.contents, separators=(",", ":")),
            "looked_at": one.looked_at,
            "recorded_at": now,
        }
        for one in memories
    ]
