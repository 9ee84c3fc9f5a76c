"""Checking by eye, done by hand: what is stored against the games, with and without the date's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.trace.board import BOARD
from pipeline.trace.exact import Worked
from pipeline.trace.facts import Facts
from pipeline.trace.history import ALL_OPEN, Door, history
from pipeline.trace.player import PLAYER, Formula
from pipeline.trace.team import TEAM
from pipeline.trace.trends import TRENDS

FORMULAS: Mapping[str, Formula] = {**PLAYER, **TRENDS, **TEAM, **BOARD}

Value = int | float | None


class Verdict(StrEnum):
    """Of a stored value."""

    EQUAL = "equal"
    """To what the games before the date come to."""
    LEAKED = "contains_the_date"
    """It isn't, but equal to what they come to with something of the date let in."""
    DIFFERS = "differs"
    """It is neither."""
    UNCHECKED = "not_recomputed"
    NOT_STORED = "not_stored"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One feature, three numbers."""

    verdict: Verdict
    honest: Worked | None
    leaked: Worked | None
    """With the game of the date let in: where that is what is stored, through that door alone."""
    door: Door | None = None
    """Which one let it in, where the value shows it."""

    @property
    def tells_apart(self) -> bool:
        """Whether the game of the date would change the value."""
        return (
            self.honest is not None
            and self.leaked is not None
            and self.honest.value != self.leaked.value
        )


def check(facts: Facts, stored: Mapping[str, Value] | None) -> dict[str, Check]:
    """Every feature that can be computed from the listed games and lines."""
    honest, leaked = history(facts), history(facts, ALL_OPEN)
    ajar = {door: history(facts, frozenset({door})) for door in Door}
    found = {}
    for name, formula in FORMULAS.items():
        right, wrong = formula(honest), formula(leaked)
        if stored is None:
            found[name] = Check(verdict=Verdict.NOT_STORED, honest=right, leaked=wrong)
        elif same(stored[name], right.value):
            found[name] = Check(verdict=Verdict.EQUAL, honest=right, leaked=wrong)
        else:
            through = ((door, formula(one)) for door, one in ajar.items())
            found[name] = _astray(stored[name], right, wrong, through)
    return found


def _astray(
    stored: Value, right: Worked, wrong: Worked, through: Iterator[tuple[Door, Worked]]
) -> Check:
    for door, worked in through:
        if same(stored, worked.value):
            return Check(verdict=Verdict.LEAKED, honest=right, leaked=worked, door=door)
    verdict = Verdict.LEAKED if same(stored, wrong.value) else Verdict.DIFFERS
    return Check(verdict=verdict, honest=right, leaked=wrong)


def same(stored: Value, computed: Value) -> bool:
    """NULL is NULL; numbers as they are published, to the last digit."""
    if stored is None or computed is None:
        return stored is computed
    return round(stored * 1_000_000) == round(computed * 1_000_000)
