"""Loading raw tables on BigQuery: checked here, sent to scratch, then all files in one transaction.

The files are held to their contracts on this machine, as DuckDB's engine does it, so that nothing
is sent of what is refused. A load job brings each file's rows to a table of its own that expires;
one script then takes the stored rows of their keys out of all tables and puts the new ones in. Two
loads of the same new keys would both find none to take out, so each takes its turn first.

One job may modify 4,000 partitions, and of a script each statement is a job. Where more days lie
between the first and the last that arrive, each change is several statements, of some years each;
the transaction that they are in makes them one step all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from processors.columns import Type
from processors.contract import Contract
from processors.errors import WarehouseFailed
from warehouse.bigquery import identity, turns
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.labels import labels_of
from warehouse.bigquery.loads import Load, Loads
from warehouse.bigquery.names import Place, placed
from warehouse.bigquery.replacing import Part, bounding, changes, counted
from warehouse.bigquery.request import Destination, Request, Write
from warehouse.bigquery.schema import layout_of
from warehouse.bigquery.statements import all_or_nothing
from warehouse.duckdb.arriving import Arrived, arrivals
from warehouse.interface import Loaded, Row

MOST_DAYS = 3_650
"""From the first to the last that one statement changes. With room to the 4,000: rows that moved
may be stored under dates before the first and after the last that arrive."""


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """An arrived file as it is to be sent; the bounds are of the columns that bound the search."""

    arrived: Arrived
    path: Path
    bounds: Mapping[str, tuple[object, object]]
    cuts: Mapping[str, date]
    """By parameter, the dates at which another statement begins."""

    @property
    def parts(self) -> list[Part]:
        names = [None, *self.cuts, None]
        return [Part(since=one, before=next_) for one, next_ in pairwise(names)]

    @property
    def parameters(self) -> dict[str, object]:
        name = self.contract.name
        bounds = {
            f"{name}_{which}_{column}": value
            for column, pair in self.bounds.items()
            for which, value in zip(("least", "most"), pair, strict=True)
        }
        return {**bounds, **self.cuts}

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
    takes_turns: bool
    """Whether others load too."""

    def load(self, files: Mapping[str, Path], contracts: Mapping[str, Contract]) -> list[Loaded]:
        """Rows replace stored rows of the same key, or are added where rows are kept; identical
        rows of a file collapse."""
        with TemporaryDirectory() as folder:
            kept = _checked(files, contracts, Path(folder))
            full = [one for one in kept if one.arrived.held]
            name = identity.fresh()
            staged = {one.contract.name: self._sent(one, name) for one in full}
        stood = self._replace(full, staged, name) if full else {}
        return [
            Loaded(
                table=one.contract.table,
                read=one.arrived.read,
                collapsed=one.arrived.read - one.arrived.held,
                replaced=0 if one.contract.kept else stood.get(one.contract.table, 0),
                left=stood.get(one.contract.table, 0) if one.contract.kept else 0,
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
        """How many stored rows of each table had to go; how many rows were left where they are
        kept."""
        contracts = [one.contract for one in kept]
        parts = [(one.contract, part) for one in kept for part in one.parts]
        turn = [turns.TAKE] if self.takes_turns else []
        text = all_or_nothing([*turn, counted(contracts), *changes(parts)])
        found = self.jobs.rows(
            Request(
                what=f"loading {', '.join(one.table for one in contracts)}",
                text=placed(text, self.place, staged),
                parameters={name: value for one in kept for name, value in one.parameters.items()}
                | ({"taken_by": "a load"} if self.takes_turns else {}),
                job_id=f"tipoff-load-{name}",
                maximum_bytes=self.maximum_bytes,
                gives_first_query=True,
            )
        )
        return dict(found)


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
    keys, day = bounding(contract), contract.date_column
    names = tuple(dict.fromkeys((*keys, day) if day else keys))
    asked = ", ".join(f"min({name}), max({name})" for name in names)
    found: Row = connection.execute(f"SELECT {asked} FROM arriving").fetchone() or ()
    pairs = dict(zip(names, zip(found[::2], found[1::2], strict=True), strict=True))
    return _Kept(
        arrived=arrived,
        path=path,
        bounds={name: pairs[name] for name in keys},
        cuts=_cuts(contract, *pairs[day]) if day and arrived.held else {},
    )


def _cuts(contract: Contract, first: date, last: date) -> Mapping[str, date]:
    found = {}
    cut = first + timedelta(days=MOST_DAYS)
    while cut <= last:
        found[f"{contract.name}_from_{cut:%Y%m%d}"] = cut
        cut += timedelta(days=MOST_DAYS)
    return found
