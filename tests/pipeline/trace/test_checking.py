"""The check: equal, leaked, or neither."""

from __future__ import annotations

from pipeline.trace.checking import FORMULAS, Check, Verdict, check, same
from pipeline.trace.history import ALL_OPEN, Door, history
from tests.pipeline.trace.worlds import every_other_day, facts, game

FACTS = facts([game(0, 60), *every_other_day()])
HONEST = {name: formula(history(FACTS)).value for name, formula in FORMULAS.items()}
NAME = "points_avg_last_10"


def checked(**stored: float | None) -> Check:
    return check(FACTS, {**HONEST, **stored})[NAME]


class TestVerdict:
    def test_equal(self) -> None:
        found = checked()
        assert found.verdict is Verdict.EQUAL
        assert found.tells_apart

    def test_with_the_date_in_it(self) -> None:
        """22 + 31 + … + 26 less the oldest, plus the 60 of the date."""
        found = checked(points_avg_last_10=27.3)
        assert (found.verdict, found.door) == (Verdict.LEAKED, Door.PLAYER)
        assert found.leaked is not None
        assert found.leaked.steps.startswith("60 + 22 + 31")

    def test_neither(self) -> None:
        assert checked(points_avg_last_10=23.200001).verdict is Verdict.DIFFERS

    def test_null_is_no_number(self) -> None:
        assert checked(points_avg_last_10=None).verdict is Verdict.DIFFERS
        assert same(None, None)
        assert not same(0, None)

    def test_nothing_stored(self) -> None:
        assert check(FACTS, None)[NAME].verdict is Verdict.NOT_STORED

    def test_all_doors_at_once(self) -> None:
        """The last three with the date, against sixty days with it: no door alone gives that."""
        name = "deviation_from_avg_last3"
        both = FORMULAS[name](history(FACTS, ALL_OPEN)).value
        found = check(FACTS, {**HONEST, name: both})[name]
        assert (found.verdict, found.door) == (Verdict.LEAKED, None)

    def test_one_door_of_two(self) -> None:
        name = "deviation_from_avg_last3"
        one = FORMULAS[name](history(FACTS, frozenset({Door.PLAYER}))).value
        found = check(FACTS, {**HONEST, name: one})[name]
        assert (found.verdict, found.door) == (Verdict.LEAKED, Door.PLAYER)


def test_whoever_did_not_play_leaks_nothing() -> None:
    idle = facts([game(0, 0, played=False), *every_other_day()])
    assert not any(one.tells_apart for one in check(idle, HONEST).values())
