"""What is wanted beside what is there: every difference, whether it is mended or blocks, and how
it is mended by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from warehouse.bigquery.layout import (
    NULLABLE,
    REPEATED,
    ColumnLayout,
    DatasetLayout,
    TableLayout,
)
from warehouse.bigquery.wanted import Wanted
from warehouse.differences import Difference, Kind

DAY = 24 * 60 * 60 * 1000
TABLE = "TABLE"
AWAY = "rename the table, `tipoff schema apply`, and copy the rows back with INSERT … SELECT"


@dataclass(frozen=True, kw_only=True)
class Live:
    """What is there, by the names of the contracts; what isn't is left out."""

    datasets: Mapping[str, DatasetLayout]
    tables: Mapping[str, TableLayout]


def diff(wanted: Wanted, live: Live) -> list[Difference]:
    """In the order of datasets, our tables, others' tables; nothing where nothing differs."""
    found: list[Difference] = []
    for dataset in wanted.datasets:
        found += _dataset(dataset, live.datasets.get(dataset.name))
    for table in wanted.tables:
        found += _table(table, live.tables.get(table.table))
    for name, columns in wanted.read.items():
        found += _others(name, columns, live.tables.get(name))
    return found


def _dataset(wanted: DatasetLayout, found: DatasetLayout | None) -> Iterator[Difference]:
    name = wanted.name
    if found is None:
        yield Difference(table=name, kind=Kind.DATASET_MISSING, says=f"{name} is not there")
        return
    if found.location.lower() != wanted.location.lower():
        yield Difference(
            table=name,
            kind=Kind.DATASET_ELSEWHERE,
            says=f"{name} is in {found.location}, the address says {wanted.location}: a dataset"
            " can't be moved; set TIPOFF_WAREHOUSE to where it is, or take another prefix",
            blocks=True,
        )
    expirations = (found.table_expiration, found.partition_expiration)
    if expirations != (wanted.table_expiration, None):
        yield Difference(
            table=name,
            kind=Kind.DATASET_EXPIRATION,
            says=f"{name}: new tables expire {_after(found.table_expiration)} and new partitions"
            f" {_after(found.partition_expiration)}, as wanted"
            f" {_after(wanted.table_expiration)} and never",
        )
    yield from _said_of(name, wanted, found)


def _table(wanted: TableLayout, found: TableLayout | None) -> Iterator[Difference]:
    table = wanted.table
    if found is None:
        yield Difference(table=table, kind=Kind.TABLE_MISSING, says=f"{table} is not there")
        return
    if found.kind != TABLE:
        yield Difference(
            table=table,
            kind=Kind.NOT_A_TABLE,
            says=f"{table} is a {found.kind}, which can't be written: rename it",
            blocks=True,
        )
        return
    yield from _columns(wanted, found)
    yield from _partitioning(wanted, found)
    if found.clustering != wanted.clustering:
        yield Difference(
            table=table,
            kind=Kind.CLUSTERING,
            says=f"{table} is clustered by {', '.join(found.clustering) or 'nothing'}, the contract"
            f" says {', '.join(wanted.clustering) or 'nothing'}; what is stored stays as it is"
            " sorted",
        )
    if found.requires_filter != wanted.requires_filter:
        says = ("does not refuse", "refuses")
        yield Difference(
            table=table,
            kind=Kind.PARTITION_FILTER,
            says=f"{table} {says[found.requires_filter]} queries that name no dates, as wanted it"
            f" {says[wanted.requires_filter]} them",
        )
    if found.expires is not None:
        yield Difference(
            table=table,
            kind=Kind.EXPIRATION,
            says=f"{table} expires and is gone then with all its history",
        )
    yield from _said_of(table, wanted, found)


def _columns(wanted: TableLayout, found: TableLayout) -> Iterator[Difference]:
    table = wanted.table
    for name, extra in found.by_name.items():
        if name not in wanted.by_name:
            yield Difference(
                table=table,
                column=extra.name,
                kind=Kind.COLUMN_EXTRA,
                says=f"{table}.{extra.name} is stored but not in the contract, and would be lost"
                " where a date is replaced: put it into the contract, or ALTER TABLE … DROP"
                f" COLUMN {extra.name}",
                blocks=True,
            )
    for name, column in wanted.by_name.items():
        if name not in found.by_name:
            yield Difference(
                table=table,
                column=column.name,
                kind=Kind.COLUMN_MISSING,
                says=f"{table}.{column.name} is not there",
            )
        else:
            yield from _column(table, column, found.by_name[name])


def _column(table: str, wanted: ColumnLayout, found: ColumnLayout) -> Iterator[Difference]:
    name = f"{table}.{wanted.name}"
    if found.type != wanted.type or found.mode == REPEATED:
        yield _other_type(table, wanted, found, "give the new type a new name, or " + AWAY)
        return
    if found.mode != NULLABLE:
        yield Difference(
            table=table,
            column=wanted.name,
            kind=Kind.MODE,
            says=f"{name} is {found.mode}: no query's result can be written to it; NULLABLE can"
            " never be made REQUIRED again",
        )
    if found.description != wanted.description:
        yield Difference(
            table=table,
            column=wanted.name,
            kind=Kind.DESCRIPTION,
            says=f"{name} is described otherwise",
        )


def _other_type(table: str, wanted: ColumnLayout, found: ColumnLayout, by_hand: str) -> Difference:
    stored = f"{found.mode} {found.type}" if found.mode == REPEATED else found.type
    return Difference(
        table=table,
        column=wanted.name,
        kind=Kind.TYPE,
        says=f"{table}.{wanted.name} is stored as {stored}, the contract says {wanted.type}:"
        f" {by_hand}",
        blocks=True,
    )


def _partitioning(wanted: TableLayout, found: TableLayout) -> Iterator[Difference]:
    table, by, stored = wanted.table, wanted.partitioning, found.partitioning
    as_stored = (stored.step, stored.column) if stored else None
    if as_stored != ((by.step, by.column) if by else None):
        yield Difference(
            table=table,
            kind=Kind.PARTITIONING,
            says=f"{table} is partitioned by {stored or 'nothing'}, the contract says"
            f" {by or 'nothing'}, and partitions can't be changed: {AWAY}",
            blocks=True,
        )
    if stored and stored.expiration:
        yield Difference(
            table=table,
            kind=Kind.EXPIRATION,
            says=f"partitions of {table} are deleted {_after(stored.expiration)}: history goes"
            " without a word",
        )


def _said_of(
    name: str, wanted: TableLayout | DatasetLayout, found: TableLayout | DatasetLayout
) -> Iterator[Difference]:
    """Labels and description; labels of others' are left alone."""
    other = {key: value for key, value in wanted.labels.items() if found.labels.get(key) != value}
    if other:
        listed = ", ".join(f"{key}={value}" for key, value in other.items())
        yield Difference(table=name, kind=Kind.LABELS, says=f"{name} lacks the labels {listed}")
    if found.description != wanted.description:
        yield Difference(table=name, kind=Kind.DESCRIPTION, says=f"{name} is described otherwise")


def _others(
    table: str, columns: tuple[ColumnLayout, ...], found: TableLayout | None
) -> Iterator[Difference]:
    """Nothing of theirs is ever changed: what our statements can't do without blocks."""
    if found is None:
        yield Difference(
            table=table,
            kind=Kind.TABLE_MISSING,
            says=f"{table} is not there, our statements read it and it belongs to others: ask"
            " them, or own its layer (TIPOFF_OWNED_LAYERS)",
            blocks=True,
        )
        return
    for column in columns:
        stored = found.by_name.get(column.name.lower())
        if stored is None:
            yield Difference(
                table=table,
                column=column.name,
                kind=Kind.COLUMN_MISSING,
                says=f"{table}.{column.name} is not there, our statements read it and the table"
                " belongs to others: ask them",
                blocks=True,
            )
        elif stored.type != column.type or stored.mode == REPEATED:
            yield _other_type(table, column, stored, "the table belongs to others: ask them")


def _after(milliseconds: int | None) -> str:
    return f"after {milliseconds / DAY:g} days" if milliseconds else "never"
