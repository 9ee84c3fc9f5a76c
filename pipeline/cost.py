"""Cost: what a plan's statements would read, and how much of a day's limit they would take."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pipeline.amounts import in_words
from pipeline.batches import Batch
from processors.errors import TooCostly, WarehouseFailed
from warehouse.interface import Warehouse

MOST_DRY_RUNS = 40
"""Of one table. Where a plan has more statements of it, so many are asked about, evenly among
them, and each other one is taken to read what the dearer of its neighbours does."""
AT_ONCE = 8
MODIFICATIONS_A_DAY = 30_000
"""Of the partitions of one table, in BigQuery. A date that is published by itself is one: a query
job replaces its partition. Several dates together are DML, as the ledger's rows are, which has no
such limit and counts for none."""


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """A statement with what it would read."""

    batch: Batch
    bytes: int | None
    by_dry_run: bool
    """Else as its neighbours."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one table's statements come to."""

    statements: int
    bytes: int | None
    """None where reading costs nothing."""
    modifications: int
    """Of its partitions: dates that are published one by one."""

    @property
    def share(self) -> float:
        """Of what BigQuery allows a table in a day."""
        return self.modifications / MODIFICATIONS_A_DAY


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of a plan: table by table, and in all."""

    tables: Mapping[str, Price]
    whole: Price
    dry_runs: int
    waiting: int
    """Statements that read rows which earlier ones make: as long as these aren't there, less is
    foretold than will be read."""

    @property
    def sentence(self) -> str:
        """`12.3 GB by dry run of 32 statements`."""
        if not self.whole.statements:
            return "nothing has to be computed"
        if self.whole.bytes is None:
            return f"{_statements(self.whole.statements)}; reading costs nothing here"
        said = f"{in_words(self.whole.bytes)} by dry run of {_statements(self.dry_runs)}"
        if self.dry_runs < self.whole.statements:
            rest = self.whole.statements - self.dry_runs
            said += f"; {rest:,} more are taken to read what those near them do"
        if self.waiting:
            said += (
                "; 1 reads what is computed before it and isn't there yet, so it will read more"
                if self.waiting == 1
                else f"; {self.waiting:,} read what is computed before them and isn't there yet,"
                " so they will read more"
            )
        return said

    @property
    def findings(self) -> tuple[str, ...]:
        """Tables of which more would be replaced than a day allows."""
        if self.whole.bytes is None:
            return ()
        return tuple(
            f"{table}: {price.modifications:,} modifications of partitions are more than the"
            f" {MODIFICATIONS_A_DAY:,} that BigQuery allows a table in a day; ask for fewer dates a"
            " day, or for more of them at a time"
            for table, price in self.tables.items()
            if price.modifications > MODIFICATIONS_A_DAY
        )


def foretell(warehouse: Warehouse, batches: Sequence[Batch]) -> list[Foretold]:
    """Ask the engine, some at a time; where the first costs nothing to read, none does."""
    if not batches:
        return []
    first = warehouse.foretold_bytes(batches[0].processor, batches[0].span)
    if first is None:
        return [Foretold(batch=one, bytes=None, by_dry_run=False) for one in batches]
    places = _places(batches)
    asked = {table: _spread(found) for table, found in places.items()}
    others = sorted(at for found in asked.values() for at in found if at)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(
            lambda at: warehouse.foretold_bytes(batches[at].processor, batches[at].span), others
        )
        known = {0: first, **dict(zip(others, answers, strict=True))}
    return [
        Foretold(
            batch=batches[at],
            bytes=known[at] if at in known else _as_neighbours(asked[table], at, known),
            by_dry_run=at in known,
        )
        for table, found in places.items()
        for at in found
    ]


def cost_of(foretold: Iterable[Foretold]) -> Cost:
    """Sums, per table and in all."""
    found: dict[str, list[Foretold]] = {}
    for one in foretold:
        found.setdefault(one.batch.table, []).append(one)
    every = [one for ones in found.values() for one in ones]
    return Cost(
        tables={table: _price(ones) for table, ones in found.items()},
        whole=_price(every),
        dry_runs=sum(one.by_dry_run for one in every),
        waiting=sum(one.batch.waits for one in every),
    )


def hold_to_cap(priced: Callable[[], Cost], cap: int) -> None:
    """Refuse what would read more than may be read, and what can't be foretold: it might be
    anything. What costs nothing passes."""
    try:
        cost = priced()
    except WarehouseFailed as error:
        raise type(error)(
            f"{error.message}; nothing was started, since a request is held to TIPOFF_BYTES_CAP"
            " and what this one would read could not be foretold",
            **error.details,
        ) from error
    foretold = cost.whole.bytes or 0
    if foretold > cap:
        raise TooCostly(
            f"this would read {cost.sentence}, which is more than the {in_words(cap)} that"
            " TIPOFF_BYTES_CAP allows a request; nothing was started. Ask for fewer dates or"
            " tables, or raise the cap; `tipoff plan --bytes` says what each table reads",
            bytes=foretold,
            cap=cap,
        )


def _price(foretold: Sequence[Foretold]) -> Price:
    return Price(
        statements=len(foretold),
        bytes=_sum(foretold),
        modifications=sum(len(one.batch.days) == 1 for one in foretold),
    )


def _sum(foretold: Iterable[Foretold]) -> int | None:
    known = [one.bytes for one in foretold if one.bytes is not None]
    return sum(known) if known else None


def _places(batches: Sequence[Batch]) -> Mapping[str, list[int]]:
    """By table, where its statements are."""
    found: dict[str, list[int]] = {}
    for at, one in enumerate(batches):
        found.setdefault(one.table, []).append(at)
    return found


def _spread(places: Sequence[int]) -> Sequence[int]:
    """The first, the last, and others evenly between them."""
    if len(places) <= MOST_DRY_RUNS:
        return places
    last = len(places) - 1
    return [places[round(number * last / (MOST_DRY_RUNS - 1))] for number in range(MOST_DRY_RUNS)]


def _as_neighbours(asked: Sequence[int], at: int, known: Mapping[int, int | None]) -> int:
    after = bisect_left(asked, at)
    return max(known[asked[after - 1]] or 0, known[asked[after]] or 0)


def _statements(number: int) -> str:
    return f"{number:,} statement" if number == 1 else f"{number:,} statements"
