"""What the account may do, found by doing the cheapest of it that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clients.doctor.deployment import OnBigQuery
from clients.doctor.finding import Finding, passed, skipped
from processors.contract import Contract
from warehouse.bigquery import identity
from warehouse.bigquery.connection import ONCE
from warehouse.bigquery.names import placed
from warehouse.bigquery.request import Destination, Request, Write
from warehouse.bigquery.schema import FIRST_DATE, requires_filter

READ = "roles/bigquery.dataViewer"
EDIT = "roles/bigquery.dataEditor"


def nothing_read(contracts: Sequence[Contract]) -> str:
    """Counts, which BigQuery knows without reading; of a date that no table has where one must be
    named."""
    return "\nUNION ALL\n".join(
        f"SELECT COUNT(*) AS held FROM `{one.table}`"
        + (f" WHERE {one.date_column} = {FIRST_DATE}" if requires_filter(one) else "")
        for one in contracts
    )


def nothing_written(contract: Contract) -> str:
    column = contract.columns[0]
    return (
        f"INSERT INTO `{contract.table}` ({column.name})\n"
        f"SELECT CAST(NULL AS {column.type.value}) FROM UNNEST([1]) WHERE FALSE"
    )


def reading(examined: OnBigQuery, dataset: str) -> Iterator[Finding]:
    """Every table of the dataset that is there."""
    name, contracts = f"read {dataset}", _there(examined, dataset)
    if not contracts:
        yield skipped(name, "waits for schema: no table is there")
        return
    text = placed(nothing_read(contracts), examined.connection.address, {})
    examined.jobs.rows(_request(examined, f"reading {dataset}", text))
    yield passed(name, f"{len(contracts)} tables can be read")


def writing(examined: OnBigQuery, dataset: str) -> Iterator[Finding]:
    """INSERTs no row: into any table where the right is one on the dataset, into each of ours where
    it is one on the table."""
    name = f"write {dataset}"
    contracts = [one for one in _there(examined, dataset) if examined.is_ours(one)]
    if not contracts:
        yield skipped(name, "waits for schema: no table is there")
        return
    is_whole = all(map(examined.is_ours, examined.by_dataset[dataset]))
    tried = contracts[:1] if is_whole else contracts
    for one in tried:
        text = placed(nothing_written(one), examined.connection.address, {})
        examined.jobs.run(_request(examined, f"writing to {one.table}", text))
    takes = "takes" if len(tried) == 1 else "take"
    yield passed(name, f"{', '.join(one.table for one in tried)} {takes} rows; none was written")


def making(examined: OnBigQuery) -> Iterator[Finding]:
    """A table in the scratch dataset, as staging makes them, and away with it."""
    address = examined.connection.address
    table = f"{address.project}.{address.scratch}.doctor_{identity.fresh()}"
    examined.jobs.run(
        Request(
            what=f"making {table}",
            text="SELECT 1 AS one",
            destination=Destination(table=table, write=Write.TRUNCATE, creates=True),
            maximum_bytes=examined.settings.maximum_bytes,
        )
    )
    examined.connection.call(
        f"dropping {table}",
        lambda client, seconds: client.delete_table(table, retry=ONCE, timeout=seconds),
    )
    yield passed("write scratch", f"a table was made in {address.scratch}, and dropped")


def role(examined: OnBigQuery, dataset: str, *, to_write: bool = False) -> str:
    """Who writes a dataset also reads it; of others' he writes his own tables."""
    whole = examined.connection.address.dataset(dataset)
    contracts = examined.by_dataset.get(dataset, [])
    ours = [one for one in contracts if examined.is_ours(one)]
    if len(ours) == len(contracts):
        return f"{EDIT} on {whole}"
    if not to_write:
        return f"{READ} on {whole}"
    return f"{EDIT} on {', '.join(f'{whole}.{one.name}' for one in ours)}"


def _there(examined: OnBigQuery, dataset: str) -> list[Contract]:
    contracts = examined.by_dataset[dataset]
    gone = examined.missing(one.table for one in contracts)
    return [one for one in contracts if one.table not in gone]


def _request(examined: OnBigQuery, what: str, text: str) -> Request:
    return Request(what=what, text=text, maximum_bytes=examined.settings.maximum_bytes)
