"""Flags, gates and the exit code against somebody's who knows only the domain's words."""

from __future__ import annotations

import pytest

from modeling.baselines import MEANS
from modeling.report.report import Report, make_report
from tests.modeling.independent import Said
from tests.modeling.independent_verdicts import gates, red_flags
from tests.modeling.said import BOUNDS, backtest_of, league, means_of
from tests.modeling.small import FIRST


def judged(
    rows: list[Said],
    fives: list[float],
    *,
    blindness: str = "passed",
    state: str = "fresh",
    feature_set: str = "v12",
) -> Report:
    return make_report(
        backtest_of(rows, fives, fives, blindness=blindness, state=state, feature_set=feature_set)
    )


def kinds(report: Report) -> set[str]:
    """Which flag says what."""
    words = {
        "baseline": "of the best baseline",
        "line": "nobody beats the books",
        "hits at 1": "picks at edge 1 win",
        "hits at 3": "picks at edge 3 win",
        "hits at 5": "picks at edge 5 win",
        "five": "five-game mean itself",
    }
    said = [one.says for one in report.flags]
    found = {name for name, word in words.items() for one in said if word in one}
    assert len(found) == len(said)
    return found


class TestJudged:
    leagues = [league(seed) for seed in range(20)]  # noqa: RUF012 - never changed

    def test_flags(self) -> None:
        seen: set[str] = set()
        clean = 0
        for rows, fives in self.leagues:
            found = kinds(judged(rows, fives))
            settled = [(five, row.actual) for row, five in zip(rows, fives, strict=True)]
            means = means_of(rows, fives, fives)
            assert found == red_flags(rows, means, settled_five=settled)
            seen |= found
            clean += not found
        assert clean > 2
        assert seen >= {"baseline", "line", "hits at 1", "hits at 3", "five"}

    @pytest.mark.parametrize("feature_set", ["v12", "v12_blind"])
    def test_gates(self, feature_set: str) -> None:
        seen: dict[str, set[bool]] = {}
        for number, (rows, fives) in enumerate(self.leagues):
            word = ("passed", "failed", "unaudited")[number % 3]
            state = ("fresh", "stale_code")[number % 2]
            report = judged(rows, fives, blindness=word, state=state, feature_set=feature_set)
            found = {one.name: one.passed for one in report.gates}
            against = {one.predictor: one.model_ahead for one in report.summary.all}
            line = report.summary.listed[-1].model_ahead
            assert found == gates(
                rows,
                bounds=BOUNDS,
                highest_against_means=[against[name].high for name in MEANS],
                lowest_against_line=line.low if line else None,
                knows_line=feature_set == "v12",
                proven=word == "passed",
                fresh=state == "fresh",
            )
            assert report.exit_code == (0 if all(found.values()) else 1)
            for name, passed in found.items():
                seen.setdefault(name, set()).add(passed)
        assert {name for name, both in seen.items() if len(both) == 2} == set(seen)

    @pytest.mark.parametrize(
        ("gate", "rows", "passed"),
        [
            ("mean edge", [Said(FIRST, 21.5, 20, 20, 10.0)] * 8, True),
            ("mean edge", [Said(FIRST, 18.25, 20, 20, 10.0)] * 8, False),
            ("tier bias", [Said(FIRST, 25, 20, 20, 10.0)] * 8, True),
            ("tier bias", [Said(FIRST, 14.75, 20, 20, 10.0)] * 8, False),
            ("graded", [Said(FIRST, 23, 21, 20, 10.0)] * 40, True),
            ("graded", [Said(FIRST, 23, 21, 20, 10.0)] * 39 + [Said(FIRST, 23, 20, 20, 9)], False),
        ],
    )
    def test_at_its_bound(self, gate: str, rows: list[Said], passed: bool) -> None:
        """What is wanted at most or at least may be just that."""
        report = judged(rows, [10.0] * len(rows))
        assert {one.name: one.passed for one in report.gates}[gate] == passed

    @pytest.mark.parametrize(
        ("wins", "losses", "flagged"), [(303, 202, False), (304, 201, True), (400, 100, False)]
    )
    def test_sixty_of_five_hundred(self, wins: int, losses: int, flagged: bool) -> None:
        """More than 60 %, and of more than 500; pushes are no picks that were decided."""
        rows = [Said(FIRST, 23, points, 20, 10.0) for points in (21.0,) * wins + (19.0,) * losses]
        rows += [Said(FIRST, 23, 20, 20, 10.0)] * 100
        report = judged(rows, [10.0] * len(rows))
        assert ("hits at 3" in kinds(report)) == flagged
