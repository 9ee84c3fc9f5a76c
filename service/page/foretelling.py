"""Foretelling: what an action will do, in words, from the plan that the API would answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.clock import is_historical
from pipeline.plan import FORCED
from pipeline.state import TO_COMPUTE, State
from service.models.answers import Plan, PlannedItem
from service.page.words import short

NAMED = 6
"""So many tables are named in a sentence; a list beneath it names the others."""
LISTED = 60
CAUSES = {
    State.MISSING: "missing",
    State.STALE_CODE: "made by older code",
    State.STALE_INPUT: "with a changed input",
}
SURE = TO_COMPUTE - {State.MAYBE_STALE}
BY_DESIGN = (State.BOOTSTRAP, State.NO_GAMES)


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """Sentences, and what they are about."""

    sentences: tuple[str, ...]
    items: tuple[PlannedItem, ...] = ()
    """What is computed or blocked, as far as it is listed."""
    more: int = 0
    """Of those, what isn't listed."""


@dataclass(frozen=True, kw_only=True)
class _Kinds:
    """A plan's items by what becomes of them."""

    sure: list[PlannedItem]
    again: list[PlannedItem]
    """Computed by force."""
    maybe: list[PlannedItem]
    below: list[PlannedItem]
    """Not asked for, but stood on."""
    maybe_below: list[PlannedItem]
    fresh: list[PlannedItem]
    blocked: list[PlannedItem]
    skipped: list[PlannedItem]

    @property
    def work(self) -> list[PlannedItem]:
        return [*self.sure, *self.again, *self.maybe, *self.below, *self.maybe_below]


def foretell(
    plans: Sequence[Plan], *, force: bool, topic: str | None, placeholders: bool
) -> Foretold:
    """Of one request, or of several that follow each other."""
    found = _kinds([item for plan in plans for item in plan.items], force=force)
    told = [*found.work, *found.fresh, *found.blocked, *found.skipped]
    listed = [*found.work, *found.blocked]
    return Foretold(
        sentences=(
            *_worked_on(found),
            *_left(found, placeholders=placeholders),
            _downstream(told, topic),
        ),
        items=tuple(listed[:LISTED]),
        more=max(0, len(listed) - LISTED),
    )


def _kinds(items: Iterable[PlannedItem], *, force: bool) -> _Kinds:
    asked: list[PlannedItem] = []
    others: list[PlannedItem] = []
    for item in items:
        (asked if item.asked else others).append(item)
    maybe = [item for item in asked if item.state is State.MAYBE_STALE]
    forced = [item for item in asked if item.reason == FORCED]
    return _Kinds(
        sure=[item for item in asked if item.state in SURE and item.reason != FORCED],
        # What waits for an input is computed by force as well, however the input comes out.
        again=[*forced, *maybe] if force else [],
        maybe=[] if force else maybe,
        below=[item for item in others if item.state in SURE],
        maybe_below=[item for item in others if item.state is State.MAYBE_STALE],
        fresh=[item for item in asked if item.state is State.FRESH],
        blocked=[item for item in asked if item.state is State.BLOCKED],
        skipped=[item for item in asked if item.state in BY_DESIGN],
    )


def _worked_on(found: _Kinds) -> Iterator[str]:
    if found.sure:
        yield f"Computes {_of(found.sure)}: {_why(found.sure)}."
    if found.again:
        yield f"Computes and publishes again {_of(found.again)}, by force: fresh or not."
    if found.maybe:
        yield f"Looks again at {_of(found.maybe)}: an input is computed first, so may be stale."
    if found.below:
        yield f"Computes first what they stand on, {_of(found.below)}: {_why(found.below)}."
    if found.maybe_below:
        yield f"Before them, looks again at {_of(found.maybe_below)} that they stand on."
    if not found.work:
        yield "Nothing has to be computed."


def _left(found: _Kinds, *, placeholders: bool) -> Iterator[str]:
    if found.fresh:
        yield f"{_of(found.fresh)} {_are(found.fresh)} fresh and {_stay(found.fresh)}."
    if found.blocked:
        one, stay = found.blocked[0], _stay(found.blocked)
        where = f"{short(one.table)} of {one.date}"
        yield f"{_of(found.blocked)} {stay} blocked. {where}: {one.reason}."
    if found.skipped:
        yield f"{_of(found.skipped)} {_are(found.skipped)} {_by_design(found.skipped)}."
    if placeholders and any(one.state is State.BOOTSTRAP for one in found.skipped):
        yield "Bootstrap dates get their placeholder rows, as the service is set to."


def _of(items: Sequence[PlannedItem]) -> str:
    """`3 tables of 2025-11-04`, `12 dates of player_form`, `24 partitions (2 tables, 12 dates)`."""
    tables = {item.table for item in items}
    days = sorted({item.date for item in items})
    if len(days) == 1:
        return f"{_count(len(items), 'table')} of {days[0]}"
    span = f"{days[0]} to {days[-1]}"
    if len(tables) == 1:
        return f"{_count(len(items), 'date')} of {short(items[0].table)} ({span})"
    return f"{len(items):,} partitions ({len(tables)} tables on {len(days)} dates, {span})"


def _why(items: Sequence[PlannedItem]) -> str:
    if len(items) <= NAMED and len({item.date for item in items}) == 1:
        return ", ".join(f"{short(item.table)} ({CAUSES[item.state]})" for item in items)
    counts = Counter(item.state for item in items)
    return ", ".join(f"{counts[state]:,} {why}" for state, why in CAUSES.items() if counts[state])


def _by_design(items: Sequence[PlannedItem]) -> str:
    counts = Counter(item.state for item in items)
    said = {State.NO_GAMES: "without games", State.BOOTSTRAP: "bootstrap"}
    words = [f"{counts[state]:,} {word}" for state, word in said.items() if counts[state]]
    return f"skipped by design: {', '.join(words)}"


def _downstream(items: Iterable[PlannedItem], topic: str | None) -> str:
    days = sorted({item.date for item in items})
    live = [day for day in days if not is_historical(day)]
    if topic is None:
        return "Nothing is published downstream: no completion topic is set."
    if not live:
        what = "the date is" if len(days) == 1 else "all dates are"
        return f"Nothing is published downstream: {what} historical."
    return (
        f"Completion messages of {_days(live)} go to {topic}, one a table, of what is unchanged"
        " too."
    )


def _days(days: Sequence[date]) -> str:
    return str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _are(items: Sequence[PlannedItem]) -> str:
    return "is" if len(items) == 1 else "are"


def _stay(items: Sequence[PlannedItem]) -> str:
    return "stays" if len(items) == 1 else "stay"
