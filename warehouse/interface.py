"""What a warehouse can do. An engine is a class that does this and nothing else.

All texts are BigQuery SQL with named parameters; tables are named dataset.table, and the rows that
a statement has just computed stand in staging.<table> until the engine lets go of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from processors.contract import Contract
from processors.registry import Processor
from warehouse.differences import Difference
from warehouse.lane import Lane

Row = tuple[Any, ...]


@dataclass(frozen=True, order=True)
class Fingerprint:
    """Of a set of rows: how many, and a sum over their content that no order can change."""

    rows: int
    content: int

    def __str__(self) -> str:
        return f"{self.rows}:{self.content & 0xFFFFFFFFFFFFFFFF:016x}"


NOTHING = Fingerprint(0, 0)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The dates that one statement computes, and how far back it has to look."""

    start: date
    end: date
    history_start: date

    @property
    def parameters(self) -> dict[str, object]:
        return {
            "start_date": self.start,
            "end_date": self.end,
            "history_start": self.history_start,
        }


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What a span is computed for: an engine that remembers its statements knows by it which of
    them it has carried out already."""

    inputs: str
    """Of all the dates that are asked of the span, in one word."""
    run_id: str
    nonce: str = ""
    """Says something else each time that no earlier result will do."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What is to change in one step: these dates of this table, and what is remembered of it."""

    contract: Contract
    replaced: Mapping[date, str]
    """Each date to be replaced with the staged rows, with the fingerprint of its inputs."""
    quarantined: Sequence[date]
    """Dates whose staged bad rows are to be kept in nba_ops.quarantine."""
    logic_version: str
    run_id: str
    processed_at: datetime
    ledger: Mapping[str, Sequence[Mapping[str, object]]]
    """Rows to append, by table of nba_ops."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What loading a raw table changed."""

    table: str
    read: int
    collapsed: int
    replaced: int
    left: int = 0
    """Of a table whose rows are kept: those that stand already, or say nothing new."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The rows of a user's query, with the columns' names."""

    columns: tuple[str, ...]
    rows: list[Row]
    truncated: bool


def proven_columns(contract: Contract) -> tuple[str, ...]:
    """What a partition's output fingerprint covers: everything but who published it and when."""
    return (*contract.column_names, "data_hash")


FORK_ROW = "row_in_fork"
"""A column that the tables of a fork have besides the contract's: a number for each row."""

Step = Callable[[str], None]
"""Told the name of each step of a publication as it is reached."""


class Warehouse(Protocol):
    """Storage and compute for one set of tables. The only thing that writes.

    Any thread may read at any time and sees what is published; what is staged belongs to whoever
    holds the lane.
    """

    address: str
    lane: Lane
    """Held by whoever stages and publishes, from the first to the last statement that belong
    together."""
    is_shared: bool
    """Whether other processes write too: who is about to work looks anew at what is stored."""

    @property
    def writes(self) -> int:
        """Grows with every publication and load that this process knows of: who knows the number
        knows what is stored, as far as nobody else writes."""
        ...

    def look(self, *, older_than: float = 0) -> None:
        """Notice what other processes have written since the last look, if that is so many seconds
        ago: `writes` has grown if they have. Nothing is to be noticed where nothing is shared."""
        ...

    @property
    def engine(self) -> str:
        """Name and version, for evidence."""
        ...

    def migrate(self, contracts: Sequence[Contract]) -> list[str]:
        """Create what is missing, add new columns, refuse what would lose data; say what it did."""
        ...

    def differences(self, contracts: Sequence[Contract]) -> Mapping[str, Sequence[Difference]]:
        """By table, what isn't stored as its contract says; changes nothing."""
        ...

    def rows(self, text: str, **parameters: object) -> list[Row]:
        """Read with one of the product's own texts; what it names in `staging` is the lane's."""
        ...

    def query(self, text: str, *, limit: int, seconds: float) -> Answer:
        """Read with a user's text; anything but a read of our tables is refused, and what takes
        longer is given up."""
        ...

    def fingerprints(
        self, contract: Contract, views: Sequence[tuple[str, ...]], *, first: date, last: date
    ) -> list[dict[date, Fingerprint]]:
        """Content of the stored partitions by date, over each of several sets of columns."""
        ...

    def fingerprint(self, contract: Contract, columns: Sequence[str]) -> Fingerprint:
        """Content of a whole table, over a set of columns."""
        ...

    def fingerprints_by_key(
        self,
        contract: Contract,
        columns: Sequence[str],
        *,
        reader: Contract,
        staged: bool,
        first: date,
        last: date,
    ) -> dict[date, Fingerprint]:
        """Content of a table without dates, as far as the reader's good rows of each date hold its
        key."""
        ...

    def staged_fingerprints(self, contract: Contract) -> dict[date, Fingerprint]:
        """Content of the good staged rows, comparable with `fingerprints` of `proven_columns`."""
        ...

    def stage(self, processor: Processor, span: Span, errand: Errand | None = None) -> int | None:
        """Compute the span's rows into staging, rounded, hashed and with bad rows marked; without
        an errand nothing that was computed before will do. Say how many bytes were billed, where
        any are."""
        ...

    def foretold_bytes(self, processor: Processor, span: Span) -> int | None:
        """What staging the span would read and bill; None where reading costs nothing."""
        ...

    def publish(self, publication: Publication, step: Step) -> None:
        """Carry the publication out: all of it or nothing."""
        ...

    def append(self, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
        """Add rows to tables of nba_ops, by table: all of them or nothing. Many megabytes an engine
        may take in portions, each all or nothing: the first has the start of a run, the last its
        end."""
        ...

    def interrupt(self) -> None:
        """Give up the statement that is being staged, if one is: it ends with WarehouseTransient.
        Publications are short, and are carried out."""
        ...

    def load(
        self,
        files: Mapping[str, Path],
        contracts: Mapping[str, Contract],
        *,
        in_lane: bool = False,
    ) -> list[Loaded]:
        """Load Parquet into raw tables, replacing rows of equal key, or where rows are kept adding
        what is new: all files or nothing. Waits for the lane, unless its caller holds it."""
        ...

    def export(self, contract: Contract, path: Path) -> int:
        """Write the contract's columns of a whole table as Parquet; say how many rows it has."""
        ...

    def fork(self, since: Mapping[Contract, date], *, last: date) -> Scratch:
        """A copy of these tables, each from its own date on, to be changed and thrown away."""
        ...

    def rehearsal(self, prefix: str) -> Warehouse:
        """Tables of this prefix beside these, over the same raw ones; it shares the lane, and
        what is in it stays. To be closed before this one."""
        ...

    def close(self) -> None: ...


class Scratch(Warehouse, Protocol):
    """A copy of some tables, on which an audit may do as it likes; closing it loses it."""

    def change(self, text: str, **parameters: object) -> int:
        """Carry out one DELETE, UPDATE or INSERT; say how many rows it touched."""
        ...

    def keep_staged(self, contract: Contract) -> None:
        """Add the good staged rows to the copy of their table."""
        ...

    def restore(self) -> None:
        """As it was when it was forked; what is staged is let go of."""
        ...
