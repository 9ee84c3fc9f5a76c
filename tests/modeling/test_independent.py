"""A report's numbers against those of somebody who knows only the domain's words."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pytest

from modeling.baselines import MEANS, baselines
from modeling.metrics.calibration import calibration
from modeling.metrics.errors import Errors, errors
from modeling.metrics.hits import Hits, picks
from modeling.metrics.paired import difference
from modeling.report.summary import Group, Summary, summarise
from modeling.training_set import LineSource
from pipeline.audit.backtest import BREAK_EVEN
from tests.modeling import independent
from tests.modeling.independent import Said
from tests.modeling.said import BOUNDS, Means, backtest_of, columns, floats, means_of, seasons
from tests.modeling.small import FIRST

TIERS = ("bench", "rotation", "starter", "star")
EDGES = (1, 3, 5)
NOISE = 1e-9


@dataclass(frozen=True)
class Told:
    """Rows, and what the product says of them."""

    rows: list[Said]
    means: list[Means]
    summary: Summary


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return [
        Told(rows, means_of(rows, fives, tens), summarise(backtest_of(rows, fives, tens)))
        for rows, fives, tens in seasons(60)
    ]


def same(found: Errors, expected: independent.Errors | None) -> bool:
    if expected is None:
        return found.n == 0 and math.isnan(found.mae)
    return found.n == expected.n and (found.mae, found.rmse, found.bias) == pytest.approx(
        (expected.mae, expected.rmse, expected.bias), rel=NOISE, abs=NOISE
    )


def counts(found: Hits | independent.Hits) -> tuple[int, int, int]:
    if isinstance(found, Hits):
        return found.won, found.lost, found.pushed
    return found.wins, found.losses, found.pushes


class TestPicks:
    def test_vector(self) -> None:
        """The issue's: won, pushed, no pick, lost."""
        rows = [
            Said(FIRST, predicted, actual, line)
            for predicted, line, actual in (
                (25, 21.5, 24),
                (20, 24.5, 24.5),
                (18.5, 18.5, 20),
                (24, 20, 17),
            )
        ]
        for found in (picks(*columns(rows), 3).all, independent.hits(rows, 3)):
            assert counts(found) == (1, 1, 1)
            assert (found.decided, found.rate) == (2, 0.5)

    def test_seasons(self, told: list[Told]) -> None:
        for season in told:
            of_report = season.summary.lines[0].picks if season.summary.lines else ()
            for edge, reported in zip(EDGES, of_report, strict=bool(of_report)):
                found = picks(*columns(season.rows), edge)
                assert found == reported
                for side, hits in ((None, found.all), ("OVER", found.over), ("UNDER", found.under)):
                    expected = independent.hits(season.rows, edge, side=side)
                    assert counts(hits) == counts(expected)
                    assert hits.rate == expected.rate
                    if expected.interval is not None:
                        assert hits.interval == pytest.approx(expected.interval, abs=NOISE)

    def test_wilson(self) -> None:
        """Of few and of many; both ends within 0 and 1, the share between them."""
        for decided in (1, 2, 3, 40, 501, 4999):
            for wins in sorted({0, 1, decided // 2, decided - 1, decided}):
                low, high = Hits(won=wins, lost=decided - wins, pushed=0).interval
                assert (low, high) == pytest.approx(independent.wilson(wins, decided), abs=NOISE)
                assert 0 <= low <= wins / decided <= high <= 1

    def test_void(self, told: list[Told]) -> None:
        """Who did not play is in no number."""
        rows = max((season.rows for season in told), key=len)
        void = [replace(row, actual=None) for row in rows]
        for edge in EDGES:
            found = picks(*columns([*rows, *void]), edge).all
            assert counts(found) == counts(independent.hits(rows, edge))
        predicted, _, actual = columns([*rows, *void])
        assert same(errors(predicted, actual), independent.errors(rows))

    def test_nothing(self) -> None:
        empty = floats([])
        assert counts(picks(empty, empty, empty, 3).all) == counts(independent.hits([], 3))
        assert same(errors(empty, empty), independent.errors([]))
        assert list(calibration(empty, empty)) == independent.calibration([]) == []
        assert independent.wilson(0, 0) is None
        assert Hits(won=0, lost=0, pushed=4).interval == (0, 1)

    def test_break_even(self) -> None:
        assert float(independent.BREAK_EVEN) == BREAK_EVEN == pytest.approx(0.5238, abs=1e-4)


class TestSummary:
    def test_errors(self, told: list[Told]) -> None:
        for season in told:
            rows, summary = season.rows, season.summary
            assert same(summary.all[0].errors, independent.errors(rows))
            with_line = independent.listed(rows)
            if not with_line:
                assert (summary.listed, summary.lines) == ([], [])
                continue
            assert same(summary.listed[0].errors, independent.errors(with_line))
            assert same(summary.lines[0].line, independent.errors(lines_of(with_line)))
            assert summary.lines[0].mean_edge == pytest.approx(
                independent.mean_edge(rows), abs=NOISE
            )

    def test_months(self, told: list[Told]) -> None:
        for season in told:
            expected = independent.by(season.rows, independent.month)
            assert [one.name for one in season.summary.months] == sorted(expected)
            for one in season.summary.months:
                rows = [row for row in season.rows if independent.month(row) == one.name]
                assert is_group_of(one, rows)

    def test_tiers(self, told: list[Told]) -> None:
        """By bounds that a mean reaches when it is just that."""
        tier = independent.tier(BOUNDS)
        for season in told:
            expected = independent.by(season.rows, tier)
            assert [one.name for one in season.summary.tiers] == [
                TIERS[number] for number in sorted(expected)
            ]
            for one in season.summary.tiers:
                rows = [row for row in season.rows if tier(row) == TIERS.index(one.name)]
                assert is_group_of(one, rows)

    def test_unknown_mean_is_no_star(self) -> None:
        rows = [Said(FIRST, 20.5, 21, 19.5), Said(FIRST, 4.5, 5, 6.5)]
        (found,) = summarise(backtest_of(rows, [20.0, 4.0], [20.0, 4.0])).tiers
        assert (found.name, found.model.n) == ("unknown", 2)

    def test_calibration(self, told: list[Told]) -> None:
        for season in told:
            found = [(one.n, one.predicted, one.actual) for one in season.summary.calibration]
            expected = independent.calibration(season.rows)
            assert len(found) == len(expected) == min(10, len(season.rows))
            for one, other in zip(found, expected, strict=True):
                assert one == pytest.approx(other, abs=NOISE)

    def test_against_baselines(self, told: list[Told]) -> None:
        """On the rows that each knows: the blend wants all three."""
        for season in told:
            for standing, others in zip(season.summary.all[1:], season.means, strict=True):
                expected = independent.ahead(season.rows, others)
                found = standing.model_ahead
                assert found is not None
                assert (found.n == 0) == (expected is None)
                if expected is not None:
                    assert found.mae == pytest.approx(expected, abs=NOISE)

    def test_baselines(self) -> None:
        rows, fives, tens = max(seasons(12), key=lambda made: len(made[0]))
        found = baselines(backtest_of(rows, fives, tens).rows, [LineSource.CASCADE])
        for name, expected in zip(MEANS, means_of(rows, fives, tens), strict=True):
            assert np.array_equal(found[name], floats(expected), equal_nan=True)

    def test_seasons_hold_what_they_are_for(self, told: list[Told]) -> None:
        every = [row for season in told for row in season.rows]
        assert all(min(counts(independent.hits(every, edge))) > 20 for edge in EDGES)
        edges = [abs(row.predicted - row.line) for row in every if row.line is not None]
        assert sum(edge in EDGES for edge in edges) > 50
        assert sum(0 < abs(edge - 3) < NOISE for edge in edges) > 50
        assert any(not season.summary.listed for season in told)
        assert any(len(season.summary.tiers) == 4 for season in told)
        assert any(independent.hits(season.rows, 1).interval is None for season in told)


def lines_of(rows: list[Said]) -> list[Said]:
    """As if the books had predicted."""
    return [replace(row, predicted=row.line) for row in rows if row.line is not None]


def is_group_of(found: Group, rows: list[Said]) -> bool:
    """Of everybody, and of those with a line beside the line itself."""
    with_line = independent.listed(rows)
    return (
        same(found.model, independent.errors(rows))
        and same(found.listed, independent.errors(with_line))
        and same(found.line, independent.errors(lines_of(with_line)))
    )


def test_paired() -> None:
    """Somebody else's draws of the evenings come to the same interval, but for their luck."""
    dice = random.Random(4)
    rows, others = [], []
    for evening in range(80):
        luck = dice.gauss(0, 1.5)
        for _ in range(dice.randrange(3, 12)):
            points = float(dice.randrange(40))
            rows.append(Said(FIRST + timedelta(days=evening), points + dice.gauss(2, 3), points))
            others.append(points + luck + dice.gauss(0, 4))
    predicted, _, actual = columns(rows)
    days = np.array([row.on for row in rows], dtype="datetime64[D]")
    found = difference(predicted, np.array(others), actual, days)
    low, high = independent.drawn_again(rows, others)
    assert found.mae == pytest.approx(independent.ahead(rows, others), abs=NOISE)
    assert abs(found.low - low) < 0.1 * (high - low)
    assert abs(found.high - high) < 0.1 * (high - low)
