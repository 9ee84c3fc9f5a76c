"""Loading raw tables on BigQuery: checked here, sent to scratch, then all files in one transaction.

The files are held to their contracts on this machine, as DuckDB's engine does it, so that nothing
is sent of what is refused. A load job brings each file's rows to a table of its own that expires;
one script then takes the stored rows of their keys out of all tables and puts the new ones in.

The stored row of a key may be of any date: no key of ours holds the date, and a game that was moved
arrives under another than it is stored under. Dates that bound the search would leave its old row
behind, doubling the key. So the search names all dates, for tables that refuse a query without
any, and is bounded by the first column of the key instead: the tables are clustered by it, of what
is read most is left out, and of what is left only the key's columns are read. Where a key does hold
the date, its own bounds hold for the stored row as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from processors.columns import Type
from processors.contract import Contract
from processors.errors import WarehouseFailed
from warehouse.bigquery import identity
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.labels import labels_of
from warehouse.bigquery.loads import Load, Loads
from warehouse.bigquery.names import Place, placed
from warehouse.bigquery.request import Destination, Request, Write
from warehouse.bigquery.schema import FIRST_DATE, layout_of, requires_filter
from warehouse.bigquery.statements import all_or_nothing
from warehouse.duckdb.arriving import Arrived, arrivals
from warehouse.interface import Loaded, Row
from warehouse.texts import staging


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """An arrived file as it is to be sent; the bounds are of the columns that bound the search."""

    arrived: Arrived
    path: Path
    bounds: Mapping[str, tuple[object, object]]

    @property
    def contract(self) -> Contract:
        return self.arrived.contract


@dataclass(frozen=True)
class Loading:
    """Into tables of this place, by way of the scratch dataset, `project.dataset`."""

    jobs: Jobs
    loads: Loads
    place: Place
    scratch: str
    maximum_bytes: int | None

    def load(self, files: Mapping[str, Path], contracts: Mapping[str, Contract]) -> list[Loaded]:
        """Rows replace stored rows of the same key; identical rows of a file collapse."""
        with TemporaryDirectory() as folder:
            kept = _checked(files, contracts, Path(folder))
            full = [one for one in kept if one.arrived.held]
            name = identity.fresh()
            staged = {one.contract.name: self._sent(one, name) for one in full}
        replaced = self._replace(full, staged, name) if full else {}
        return [
            Loaded(
                table=one.contract.table,
                read=one.arrived.read,
                collapsed=one.arrived.read - one.arrived.held,
                replaced=replaced.get(one.contract.table, 0),
            )
            for one in kept
        ]

    def _sent(self, kept: _Kept, name: str) -> str:
        """The table of the scratch dataset in which its rows are now."""
        contract = kept.contract
        table = f"{self.scratch}.arriving_{contract.name}_{name}"
        self.loads.run(
            Load(
                what=f"sending the rows of {contract.table}",
                path=kept.path,
                rows=kept.arrived.held,
                columns=layout_of(contract).columns,
                destination=Destination(table=table, write=Write.TRUNCATE, creates=True),
                labels=labels_of(contract.name, None),
            )
        )
        return table

    def _replace(
        self, kept: Sequence[_Kept], staged: Mapping[str, str], name: str
    ) -> dict[str, int]:
        """How many stored rows of each table had to go."""
        contracts = [one.contract for one in kept]
        text = all_or_nothing([counted(contracts), *map(deleted, contracts), *map(put, contracts)])
        found = self.jobs.rows(
            Request(
                what=f"loading {', '.join(one.table for one in contracts)}",
                text=placed(text, self.place, staged),
                parameters={
                    f"{one.contract.name}_{which}_{column}": value
                    for one in kept
                    for column, bounds in one.bounds.items()
                    for which, value in zip(("least", "most"), bounds, strict=True)
                },
                job_id=f"tipoff-load-{name}",
                maximum_bytes=self.maximum_bytes,
            )
        )
        return dict(found)


def counted(contracts: Sequence[Contract]) -> str:
    """By table, the stored rows that are about to go."""
    return "\nUNION ALL\n".join(
        f"SELECT '{one.table}' AS loaded, COUNT(*) AS replaced\n"
        f"FROM `{one.table}` AS stored\n{_of_arriving_keys(one)}"
        for one in contracts
    )


def deleted(contract: Contract) -> str:
    return f"DELETE FROM `{contract.table}` AS stored\n{_of_arriving_keys(contract)}"


def put(contract: Contract) -> str:
    columns = ", ".join(contract.column_names)
    return f"INSERT INTO `{contract.table}` ({columns})\nSELECT {columns} FROM {staging(contract)}"


def _of_arriving_keys(contract: Contract) -> str:
    """The search for stored rows, bounded as it is said above."""
    bounds = [
        f"stored.{name} >= @{contract.name}_least_{name}"
        f" AND stored.{name} <= @{contract.name}_most_{name}"
        for name in _bounding(contract)
    ]
    if requires_filter(contract) and contract.date_column not in contract.key:
        bounds.insert(0, f"stored.{contract.date_column} >= {FIRST_DATE}")
    same = " AND ".join(f"arriving.{name} = stored.{name}" for name in contract.key)
    return (
        f"WHERE {' AND '.join(bounds)}\n"
        f"  AND EXISTS (SELECT 1 FROM {staging(contract)} AS arriving WHERE {same})"
    )


def _bounding(contract: Contract) -> tuple[str, ...]:
    """Of the key its first column, and the date if it is in it."""
    dates = [name for name in contract.key if name == contract.date_column]
    return tuple(dict.fromkeys((contract.key[0], *dates)))


def _checked(
    files: Mapping[str, Path], contracts: Mapping[str, Contract], folder: Path
) -> list[_Kept]:
    """Each file's rows in the contract's types, in a file of their own."""
    with _desk(folder) as connection:
        return [
            _kept(connection, arrived, folder) for arrived in arrivals(connection, files, contracts)
        ]


@contextmanager
def _desk(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file, so that what is too large for memory has a place to go to."""
    try:
        with closing(duckdb.connect(str(folder / "desk.duckdb"))) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            yield connection
    except duckdb.Error as error:
        raise WarehouseFailed(f"the files can't be read by DuckDB: {error}") from error


def _kept(connection: duckdb.DuckDBPyConnection, arrived: Arrived, folder: Path) -> _Kept:
    contract = arrived.contract
    path = folder / f"{contract.name}.parquet"
    # Without a zone BigQuery may take an instant for a DATETIME.
    columns = ", ".join(
        f"CAST({one.name} AS TIMESTAMPTZ) AS {one.name}" if one.type is Type.TIMESTAMP else one.name
        for one in contract.columns
    )
    quoted = str(path).replace("'", "''")
    connection.execute(f"COPY (SELECT {columns} FROM arriving) TO '{quoted}' (FORMAT parquet)")
    names = _bounding(contract)
    asked = ", ".join(f"min({name}), max({name})" for name in names)
    found: Row = connection.execute(f"SELECT {asked} FROM arriving").fetchone() or ()
    pairs = zip(found[::2], found[1::2], strict=True)
    return _Kept(arrived=arrived, path=path, bounds=dict(zip(names, pairs, strict=True)))
