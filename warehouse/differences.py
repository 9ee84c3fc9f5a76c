"""What isn't stored as a contract says, and whether the machinery may mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What differs."""

    DATASET_MISSING = "dataset_missing"
    DATASET_ELSEWHERE = "dataset_elsewhere"
    DATASET_EXPIRATION = "dataset_expiration"
    TABLE_MISSING = "table_missing"
    NOT_A_TABLE = "not_a_table"
    COLUMN_MISSING = "column_missing"
    COLUMN_EXTRA = "column_extra"
    TYPE = "type"
    MODE = "mode"
    PARTITIONING = "partitioning"
    CLUSTERING = "clustering"
    EXPIRATION = "expiration"
    PARTITION_FILTER = "partition_filter"
    LABELS = "labels"
    DESCRIPTION = "description"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One of a table or of one of its columns; of a dataset `table` is its name."""

    table: str
    kind: Kind
    says: str
    """What it is; where it blocks, what to do by hand."""
    column: str | None = None
    blocks: bool = False
    """Mending it would lose what is stored: nothing is written before it is mended by hand."""

    def __str__(self) -> str:
        return self.says
