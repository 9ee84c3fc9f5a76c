"""Names of tables: project, dataset, table, and the day of a partition after a $."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from tests.bigquery.errors import invalid, invalid_query

NULL_PARTITION = "__NULL__"
VIEWS = "INFORMATION_SCHEMA"
DATASET_ID = re.compile(r"\w{1,1024}", re.ASCII)
DAY = re.compile(r"[0-9]{8}")
TABLE_ID = re.compile(r"[\w \-]{1,1024}")


@dataclass(frozen=True)
class Name:
    """`partition` is a day as YYYYMMDD, or None for the whole table."""

    project: str
    dataset: str
    table: str
    partition: str | None = None

    @property
    def whole(self) -> Name:
        return replace(self, partition=None)

    @property
    def api(self) -> dict[str, str]:
        return {
            "projectId": self.project,
            "datasetId": self.dataset,
            "tableId": self.table + (f"${self.partition}" if self.partition else ""),
        }

    @property
    def view(self) -> bool:
        return self.table.upper().startswith(f"{VIEWS}.")

    def __str__(self) -> str:
        decorator = f"${self.partition}" if self.partition else ""
        return f"{self.project}:{self.dataset}.{self.table}{decorator}"


def from_parts(project: str, dataset: str, table: str) -> Name:
    """Of a path or a TableReference, where the table may carry a partition."""
    table, mark, partition = table.partition("$")
    if mark:
        day_of(partition)
    if not TABLE_ID.fullmatch(table):
        raise invalid(f'Invalid table ID "{table}".')
    return Name(project, dataset, table, partition if mark else None)


def from_reference(given: dict[str, str], project: str) -> Name:
    return from_parts(given.get("projectId", project), given["datasetId"], given["tableId"])


def from_path(path: tuple[str, ...], *, project: str, dataset: str | None) -> Name:
    """A table as a statement names it: in parts, or whole between backticks."""
    parts = ".".join(path).split(".")
    view = [place for place, part in enumerate(parts) if part.upper() == VIEWS]
    if view and len(parts) == view[0] + 2:
        parts = [*parts[: view[0]], f"{VIEWS}.{parts[-1].upper()}"]
    if len(parts) == 1 and dataset is not None:
        parts.insert(0, dataset)
    if len(parts) == 2:
        parts.insert(0, project)
    if len(parts) != 3:
        text = ".".join(path)
        raise invalid_query(
            f'Table "{text}" must be qualified with a dataset (e.g. dataset.table).'
        )
    return Name(*parts)


def day_of(partition: str) -> date | None:
    """The day of a partition; none of the partition of NULLs."""
    if partition == NULL_PARTITION:
        return None
    if not DAY.fullmatch(partition):
        raise invalid(f"Invalid partition ID {partition}: a day is written YYYYMMDD")
    try:
        return date(int(partition[:4]), int(partition[4:6]), int(partition[6:]))
    except ValueError as error:
        raise invalid(f"Invalid partition ID {partition}: {error}") from error
