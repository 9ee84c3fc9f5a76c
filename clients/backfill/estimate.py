"""How long it will take and what it will read, as far as that can be known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clients.backfill.looking import Measured
from pipeline.amounts import in_words
from service.models.answers import CostOf


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the service foretells that its statements will read."""

    bytes: int
    findings: tuple[str, ...]
    is_most: bool
    """Whether dates that aren't asked for are counted too."""
    waiting: int
    """Statements that will read more than is foretold."""

    def __str__(self) -> str:
        about = "at most " if self.is_most and not self.waiting else ""
        more = f"; {self.waiting:,} statements more than that, their inputs aren't there yet"
        return f"{about}{in_words(self.bytes)} by dry run{more if self.waiting else ''}"


def reading(costs: Sequence[CostOf] | None, *, is_most: bool) -> Reading | None:
    """None where reading costs nothing, or the service doesn't say."""
    known = [cost.bytes for cost in costs or () if cost.bytes is not None]
    if not known:
        return None
    return Reading(
        bytes=sum(known),
        findings=tuple(
            f"{table}: {share:.0%} of the modifications of partitions that BigQuery allows a table"
            " in a day; ask for fewer dates a day, or by --whole-ranges"
            for table, share in _shares(costs or ()).items()
            if share > 1
        ),
        is_most=is_most,
        waiting=sum(cost.waiting for cost in costs or ()),
    )


def _shares(costs: Iterable[CostOf]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for cost in costs:
        for one in cost.tables:
            found[one.table] = found.get(one.table, 0) + (one.share or 0)
    return found


def estimate(dates: int, measured: Measured | None, *, rate: float | None) -> str:
    """Before the first date. The service computes one at a time, whatever is in flight."""
    if measured is None:
        return "unknown until the first dates are done"
    seconds = dates * measured.seconds
    if rate is not None:
        seconds = max(seconds, dates / rate)
    of = "date" if measured.dates == 1 else "dates"
    return f"about {span(seconds)}, from the last {measured.dates} {of} done there"


def remaining(left: int, done: int, seconds: float) -> str:
    """While it runs: at the rate so far."""
    if not left:
        return "none left"
    if not done or not seconds:
        return "unknown until the first dates are done"
    return f"about {span(left * seconds / done)} left"


def span(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h 20 min`: no more digits than are known."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"
