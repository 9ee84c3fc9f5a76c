"""What BigQuery itself says of the tables: rows and last change of each partition, in one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from warehouse.interface import Row


@dataclass(frozen=True, order=True)
class Held:
    """How much a partition holds, and when that last changed."""

    rows: int
    changed_at: datetime


@dataclass(frozen=True)
class Partitions:
    """Of one table, by date; `others` are those that are no date's."""

    days: Mapping[date, Held]
    others: tuple[Held, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether all rows are in some date's partition: else the dates' counts are not all that
        a query finds."""
        return not any(one.rows for one in self.others)


NONE = Partitions({})


def text(datasets: Iterable[str]) -> str:
    """Over whole names of datasets, `project.dataset`."""
    each = (
        "SELECT table_schema, table_name, partition_id, total_rows, last_modified_time\n"
        f"FROM `{dataset}.INFORMATION_SCHEMA.PARTITIONS`\nWHERE table_name IN UNNEST(@tables)"
        for dataset in datasets
    )
    return "\nUNION ALL\n".join(each)


def read(rows: Iterable[Row], names: Mapping[tuple[str, str], str]) -> dict[str, Partitions]:
    """By the contract's name of the table; `names` gives it for dataset and table."""
    days: dict[str, dict[date, Held]] = {}
    others: dict[str, list[Held]] = {}
    for dataset, table, partition, held, changed_at in rows:
        name = names.get((dataset, table))
        if name is None:
            continue
        found = Held(held or 0, changed_at)
        if _is_day(partition):
            days.setdefault(name, {})[_day(partition)] = found
        else:
            others.setdefault(name, []).append(found)
    return {
        name: Partitions(days.get(name, {}), tuple(others.get(name, ())))
        for name in {*days, *others}
    }


def differing(before: Mapping[str, Partitions], now: Mapping[str, Partitions]) -> Collection[str]:
    """Tables of which anything is not as it was."""
    return {name for name in {*before, *now} if before.get(name, NONE) != now.get(name, NONE)}


def _is_day(partition: str | None) -> bool:
    return partition is not None and len(partition) == len("20241118") and partition.isdecimal()


def _day(partition: str) -> date:
    return date(int(partition[:4]), int(partition[4:6]), int(partition[6:]))
