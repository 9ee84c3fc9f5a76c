"""What BigQuery itself says of the tables: rows and last change of each partition, in one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from processors.contract import Contract
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
    def changed_at(self) -> datetime | None:
        """The last change of any; None where it has none."""
        return max((one.changed_at for one in (*self.days.values(), *self.others)), default=None)

    @property
    def is_settled(self) -> bool:
        """Whether all rows are in some date's partition: else the dates' counts are not all that
        a query finds."""
        return not any(one.rows for one in self.others)


NONE = Partitions({})


def text(datasets: Iterable[str]) -> str:
    """Over whole names of datasets, `project.dataset`."""
    each = (
        "SELECT held.table_schema, held.table_name, held.partition_id, held.total_rows,\n"
        "  held.last_modified_time, parted.column_name\n"
        f"FROM `{dataset}.INFORMATION_SCHEMA.PARTITIONS` AS held\n"
        f"LEFT JOIN `{dataset}.INFORMATION_SCHEMA.COLUMNS` AS parted\n"
        "  ON parted.table_name = held.table_name AND parted.is_partitioning_column = 'YES'\n"
        "WHERE held.table_name IN UNNEST(@tables)"
        for dataset in datasets
    )
    return "\nUNION ALL\n".join(each)


def read(
    rows: Iterable[Row], contracts: Mapping[tuple[str, str], Contract]
) -> dict[str, Partitions]:
    """By the contract's name of the table; `contracts` has it for dataset and table. Where others
    have partitioned theirs by something else, such as the day of loading, no row is of a date."""
    days: dict[str, dict[date, Held]] = {}
    others: dict[str, list[Held]] = {}
    for dataset, table, partition, held, changed_at, parted_by in rows:
        contract = contracts.get((dataset, table))
        if contract is None:
            continue
        found = Held(held or 0, changed_at)
        if _is_day(partition) and parted_by == contract.date_column:
            days.setdefault(contract.table, {})[_day(partition)] = found
        else:
            others.setdefault(contract.table, []).append(found)
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
