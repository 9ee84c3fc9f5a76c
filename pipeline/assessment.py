"""Assessing one date of one table against the content of the warehouse and the ledger."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pipeline.calendar import Calendar, Expectation, Kind, Season
from pipeline.content import Content
from pipeline.ledger import Ledger, Proof
from pipeline.outcome import InputState, Status
from pipeline.state import Item, State
from processors.contract import Cutoff, Input
from processors.registry import Processor, Registry
from warehouse.interface import NOTHING, Fingerprint

LAST_DAY_SHARE = 0.90
WINDOW_SHARE = 0.95
SCHEDULE = "nba_raw.schedule"

Stamp = tuple[tuple[int, int], ...]
Pending = Mapping[str, Sequence[date]]
"""Ascending dates by table that will be computed before: what reads them is decided after."""
SeasonItems = Mapping[str, Sequence[Item]]
"""By table, a date with games each."""


@dataclass(frozen=True)
class Assessor:
    """Everything that is looked at to say of a partition whether it has to be computed."""

    registry: Registry
    calendar: Calendar
    content: Content
    ledger: Ledger
    _known: dict[str, tuple[Stamp, dict[tuple[date, bool], Item]]] = field(default_factory=dict)
    """By table, with the changes of what it looks at: a service is asked for the same again, and
    a date's tables stand on hundreds of partitions that nobody has touched."""
    seasons: dict[tuple[tuple[str, ...], date], tuple[int, SeasonItems]] = field(
        default_factory=dict
    )
    """By tables and first day, with how much the ledger had told: where a date is missing, what
    waits for it can't be known by itself, and a season would be assessed anew at each look."""

    def changed_from(self, season: Season, since: int) -> date | None:
        """The first of its dates that may have to be assessed anew for what was published after
        the ledger had told so much; None where nothing was that any of them reads."""
        reach = self._reach(season)
        starts = [
            first
            for first, last in self.ledger.told[since:]
            if first <= season.last and last >= reach
        ]
        return min(starts, default=None)

    def _reach(self, season: Season) -> date:
        """The earliest date that any input of the season's first day goes back to."""
        windows = [feed.window for one in self.registry for feed in one.contract.inputs]
        return min(one.first(season.start, self.calendar) for one in windows if one is not None)

    def assess(
        self, processor: Processor, day: date, *, pending: Pending, asked: bool = True
    ) -> Item:
        feeds = self._feeds[processor.table]
        if not pending.keys().isdisjoint(feeds):
            return self._assess(processor, day, pending, asked=asked)
        stamp = tuple(
            [(self.content.changes[table], self.ledger.changes[table]) for table in feeds]
        )
        before, items = self._known.get(processor.table, ((), {}))
        if before != stamp:
            items = {}
            self._known[processor.table] = stamp, items
        found = items.get((day, asked))
        if found is None:
            found = items[day, asked] = self._assess(processor, day, pending, asked=asked)
        return found

    @cached_property
    def _feeds(self) -> dict[str, tuple[str, ...]]:
        """What an assessment looks at: the table's inputs and itself."""
        return {
            one.table: (one.table, *(feed.table for feed in one.contract.inputs))
            for one in self.registry
        }

    def _assess(self, processor: Processor, day: date, pending: Pending, *, asked: bool) -> Item:
        contract = processor.contract
        expectation = self.calendar.expect(day, bootstrap=contract.bootstrap)
        if expectation.kind is not Kind.PROCESS:
            state = State.BOOTSTRAP if expectation.kind is Kind.BOOTSTRAP else State.NO_GAMES
            return _item(processor, day, state, expectation.reason, expectation, asked)
        inputs = tuple(self._input_state(processor, feed, day, pending) for feed in contract.inputs)
        missing = [one for one in inputs if one.required and not one.present]
        if missing:
            reason = "; ".join(f"{one.table}: {one}" for one in missing)
            return _item(processor, day, State.BLOCKED, reason, expectation, asked, inputs=inputs)
        fingerprints = self.input_fingerprints(processor, day)
        proof = self.ledger.proof(contract.table, day)
        state, reason = self._compare(processor, day, proof, fingerprints, pending)
        return _item(
            processor,
            day,
            state,
            reason,
            expectation,
            asked,
            inputs=inputs,
            fingerprints=fingerprints,
            proof=proof,
        )

    def input_fingerprints(self, processor: Processor, day: date) -> dict[str, str]:
        """Of each input's window, as its content is now."""
        found = {}
        proof = self.ledger.proof(processor.table, day)
        for feed in processor.contract.inputs:
            contract = self.registry.contracts[feed.table]
            if feed.window is None and proof is not None and proof.status is Status.PARTIAL:
                found[feed.table] = str(self.content.whole(processor, contract))
            elif feed.window is None:
                found[feed.table] = str(self.content.by_key(processor, contract, day))
            else:
                first, last = feed.window.first(day, self.calendar), feed.window.last(day)
                found[feed.table] = str(
                    Fingerprint(*self.content.over(processor, feed, first, last))
                )
        return found

    def _compare(
        self,
        processor: Processor,
        day: date,
        proof: Proof | None,
        fingerprints: Mapping[str, str],
        pending: Pending,
    ) -> tuple[State, str]:
        if proof is None:
            return State.MISSING, "never computed"
        if proof.logic_version != processor.logic_version:
            return State.STALE_CODE, (
                f"made by {proof.logic_version}, today's code is {processor.logic_version}"
            )
        stored = self.content.stored(processor.contract).get(day, NOTHING)
        if str(stored) != proof.output_fingerprint:
            return State.MISSING, (
                f"the stored {stored.rows} rows are not the {proof.rows} that run {proof.run_id}"
                " proved: edited, lost or restored by hand"
            )
        before = proof.input_by_table
        changed = [table for table, value in fingerprints.items() if before.get(table) != value]
        if changed:
            return State.STALE_INPUT, f"changed since: {', '.join(changed)}"
        waiting = [
            feed.table for feed in processor.contract.inputs if self._coming(feed, day, pending)
        ]
        if waiting:
            return State.MAYBE_STALE, f"decided after {', '.join(waiting)}"
        return State.FRESH, "made by today's code from today's inputs"

    def _coming(self, feed: Input, day: date, pending: Pending) -> Sequence[date]:
        """The dates of the input's window that will be computed before."""
        days = pending.get(feed.table)
        if not days or feed.window is None:
            return ()
        start = bisect_left(days, feed.window.first(day, self.calendar))
        return days[start : bisect_right(days, feed.window.last(day))]

    def _input_state(
        self, processor: Processor, feed: Input, day: date, pending: Pending
    ) -> InputState:
        contract = self.registry.contracts[feed.table]
        if feed.window is None:
            return InputState(
                table=feed.table,
                required=feed.required,
                present=True,
                found=self.content.by_key(processor, contract, day).rows,
                needed=0,
                what="of the date's rows are known there",
            )
        first, last = feed.window.first(day, self.calendar), feed.window.last(day)
        if feed.table == SCHEDULE:
            return self._schedule(processor, day)
        if contract.presence is not None:
            return self._games_held(feed, first, last, self._coming(feed, day, pending))
        rows, _ = self.content.over(processor, feed, first, last)
        proven = contract.is_computed and self.ledger.proof(feed.table, day) is not None
        present = rows > 0 or proven or bool(self._coming(feed, day, pending))
        return InputState(
            table=feed.table,
            required=feed.required,
            present=present,
            found=rows,
            needed=1,
            what=f"rows from {first} to {last}" if first < last else f"rows of {last}",
        )

    def _schedule(self, processor: Processor, day: date) -> InputState:
        """What describes games that are over has to wait until one is."""
        games = self.calendar.games_on(day)
        if processor.contract.cutoff is Cutoff.AFTER_GAME:
            final = self.calendar.final_on(day)
            return InputState(
                table=SCHEDULE,
                required=True,
                present=final > 0,
                found=final,
                needed=games,
                what=f"games of {day} final",
            )
        return InputState(
            table=SCHEDULE,
            required=True,
            present=True,
            found=games,
            needed=games,
            what=f"games on {day}",
        )

    def _games_held(
        self, feed: Input, first: date, last: date, coming: Sequence[date]
    ) -> InputState:
        """90 % of the last date's games whole, 95 % of the window's held; none of none will do.
        What is coming counts as if it were there."""
        games = self.content.games(self.registry.contracts[feed.table])
        days = self.calendar.dates_with_games(first, last)
        latest = next((day for day in reversed(days) if self.calendar.final_on(day)), None)
        if latest is None:
            return InputState(
                table=feed.table,
                required=feed.required,
                present=True,
                found=0,
                needed=0,
                what="games",
            )
        played, present = games.final.over(latest, latest)[0], games.whole.over(latest, latest)[0]
        enough = present >= LAST_DAY_SHARE * played or latest in coming
        what = f"games of {latest} whole"
        if enough and first < latest:
            played, present = games.final.over(first, last)[0], games.held.over(first, last)[0]
            enough = present >= WINDOW_SHARE * played or len(coming) == len(days)
            if coming and not enough:
                present += sum(
                    games.final.over(day, day)[0] - games.held.over(day, day)[0] for day in coming
                )
                enough = present >= WINDOW_SHARE * played
            what = f"games from {first} to {latest}"
        return InputState(
            table=feed.table,
            required=feed.required,
            present=enough,
            found=present,
            needed=played,
            what=what,
        )


def combined(fingerprints: Mapping[str, str]) -> str:
    """All inputs in one word."""
    text = "|".join(f"{table}={value}" for table, value in sorted(fingerprints.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _item(
    processor: Processor,
    day: date,
    state: State,
    reason: str,
    expectation: Expectation,
    asked: bool,
    *,
    inputs: tuple[InputState, ...] = (),
    fingerprints: Mapping[str, str] | None = None,
    proof: Proof | None = None,
) -> Item:
    return Item(
        table=processor.table,
        day=day,
        state=state,
        reason=reason,
        expectation=expectation,
        asked=asked,
        inputs=inputs,
        input_fingerprints=fingerprints or {},
        proof=proof,
    )
