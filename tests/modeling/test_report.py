"""The report: its flags, its gates, its page; on rows made in code."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from modeling.backtest import Backtest, run_backtest
from modeling.joined import NAMES
from modeling.report.page import as_page
from modeling.report.report import Report, as_text, make_report
from modeling.training_set import LineSource, TrainingSet
from tests.modeling.small import FIRST, asked, make_rows

ROWS = make_rows(dates=160)


@cache
def honest() -> Backtest:
    return run_backtest(ROWS, asked(last=159))


def actual() -> np.ndarray:
    return honest().rows.points


def line() -> np.ndarray:
    return honest().rows.cascade


RNG = np.random.default_rng(11)


def leaked(rows: TrainingSet) -> TrainingSet:
    """As if the means counted their own evening: a five-game mean takes a fifth from it."""
    features = rows.features.copy()
    for name, part in (("points_avg_last_5", 0.2), ("points_avg_last_10", 0.1)):
        column = NAMES.index(name)
        features[:, column] = (1 - part) * features[:, column] + part * rows.points
    season = features[:, NAMES.index("points_avg_season")]
    features[:, NAMES.index("points_avg_last_3")] = (2 * season + rows.points) / 3
    return replace(rows, features=features)


def report_of(predicted: np.ndarray, **more: object) -> Report:
    """Of a model that said just this."""
    return make_report(replace(honest(), predicted=predicted, **more))


def gate(report: Report, name: str) -> bool:
    return next(one.passed for one in report.gates if one.name == name)


class TestGates:
    def test_honest_model(self) -> None:
        report = make_report(honest())
        assert [one.name for one in report.gates] == [
            *("hit rate", "graded", "mean edge", "tier bias", "baselines", "line", "blindness"),
            "freshness",
        ]
        assert gate(report, "baselines")
        assert gate(report, "blindness")
        assert not gate(report, "hit rate")
        assert (report.is_promotable, report.exit_code) == (False, 1)

    def test_all_pass(self) -> None:
        """Somebody who is nearer to the truth than the line by a little, every evening."""
        known = np.where(np.isfinite(line()), line(), honest().predicted)
        report = report_of(known + 0.65 * (actual() - known))
        assert [one.name for one in report.gates if not one.passed] == []
        assert (report.is_promotable, report.exit_code) == (True, 0)

    def test_hit_rate_wants_the_whole_interval(self) -> None:
        """57 % of a few is not yet more than 53 %."""
        few = honest().rows.days < np.datetime64(FIRST + timedelta(days=55))
        rng = np.random.default_rng(3)
        right = np.where(rng.random(len(actual())) < 0.6, 1, -1) * np.sign(actual() - line())
        predicted = np.where(np.isfinite(line()), line() + 3.5 * right, honest().predicted)
        done = replace(honest(), predicted=predicted[few], rows=honest().rows.pick(few))
        found = next(one for one in make_report(done).gates if one.name == "hit rate")
        assert not found.passed
        assert float(found.found.split("%")[0]) > 53

    def test_graded(self) -> None:
        near = np.where(np.isfinite(line()), line() + 1, honest().predicted)
        assert not gate(report_of(near), "graded")
        assert gate(report_of(near + 3), "graded")

    @pytest.mark.parametrize(("off", "passed"), [(1.4, True), (1.6, False), (-1.6, False)])
    def test_mean_edge(self, off: float, passed: bool) -> None:
        both = np.where(np.isfinite(line()), line() + off, honest().predicted)
        assert gate(report_of(both), "mean edge") == passed

    @pytest.mark.parametrize(("off", "passed"), [(4.5, True), (5.5, False), (-5.5, False)])
    def test_tier_bias(self, off: float, passed: bool) -> None:
        stars = honest().rows.feature("points_avg_season") >= 25
        assert gate(report_of(actual() + off * stars), "tier bias") == passed

    def test_baselines(self) -> None:
        five = honest().rows.feature("points_avg_last_5")
        assert not gate(report_of(five), "baselines")
        assert not gate(report_of(honest().rows.feature("points_avg_season")), "baselines")

    def test_line(self) -> None:
        """Who knows the line may not be above it; who doesn't, a little."""
        known = np.where(np.isfinite(line()), line(), honest().predicted)
        assert gate(report_of(known), "line")
        worse = known + 0.02 * (known - actual())
        assert not gate(report_of(worse), "line")
        blind = replace(honest().asked, feature_set="v12_blind")
        assert gate(report_of(worse, asked=blind, importance=np.zeros(len(blind.features))), "line")
        far = known + 0.2 * (known - actual())
        done = report_of(far, asked=blind, importance=np.zeros(len(blind.features)))
        assert not gate(done, "line")

    @pytest.mark.parametrize("blindness", ["unaudited", "undetermined", "failed"])
    def test_blindness(self, blindness: str) -> None:
        """One partition without proof is enough."""
        first, *others = ROWS.partitions
        everything = replace(ROWS, partitions=[replace(first, blindness=blindness), *others])
        assert not gate(make_report(replace(honest(), everything=everything)), "blindness")
        nothing = replace(ROWS, partitions=[])
        assert not gate(make_report(replace(honest(), everything=nothing)), "blindness")

    def test_freshness(self) -> None:
        """What was allowed though it is stale is not promoted."""
        *others, last = ROWS.partitions
        everything = replace(ROWS, partitions=[*others, replace(last, state="stale_input")])
        assert gate(make_report(honest()), "freshness")
        assert not gate(make_report(replace(honest(), everything=everything)), "freshness")

    def test_no_line_at_all(self) -> None:
        """What can't be said isn't passed."""
        rows = replace(honest().rows, cascade=np.full(len(line()), np.nan))
        report = make_report(replace(honest(), rows=rows))
        failed = {one.name for one in report.gates if not one.passed}
        assert failed == {"hit rate", "graded", "mean edge", "line"}


class TestFlags:
    def test_honest(self) -> None:
        assert make_report(honest()).flags == []

    def test_leaked(self) -> None:
        done = run_backtest(leaked(ROWS), asked(last=159))
        said = " ".join(one.says for one in make_report(done).flags)
        assert "below that of the best baseline" in said
        assert "below that of the line (cascade)" in said
        assert "picks at edge 1 win" in said

    def test_checks_are_commands(self) -> None:
        flags = make_report(run_backtest(leaked(ROWS), asked(last=159))).flags
        assert any(one.startswith("tipoff audit blindness") for one in flags[0].checks)

    @pytest.mark.parametrize(("better", "flags"), [(0.06, 0), (0.10, 1)])
    def test_how_much_better(self, better: float, flags: int) -> None:
        """Than the best baseline, whichever it is; 8 % is the bound."""
        season = honest().rows.feature("points_avg_season")
        rows = replace(honest().rows, cascade=np.full(len(line()), np.nan))
        found = make_report(
            replace(honest(), rows=rows, predicted=season + better * (actual() - season))
        ).flags
        assert len(found) == flags

    @pytest.mark.parametrize(("below", "flags"), [(0.15, 0), (0.25, 1)])
    def test_how_far_below_the_line(self, below: float, flags: int) -> None:
        mae = np.nanmean(np.abs(line() - actual()))
        known = np.where(np.isfinite(line()), line() + below / mae * (actual() - line()), 1000.0)
        said = [one.says for one in report_of(known).flags if "nobody beats" in one.says]
        assert len(said) == flags

    def test_five_game_mean_that_knows(self) -> None:
        """The mean itself betrays the rows, however modest the model."""
        rows = make_rows(dates=160)
        five = NAMES.index("points_avg_last_5")
        rows.features[:, five] = rows.points + np.random.default_rng(2).normal(0, 4.4, len(rows))
        done = run_backtest(rows, asked(last=159))
        assert any("the five-game mean itself" in one.says for one in make_report(done).flags)


class TestSummary:
    def test_two_sources_on_the_same_rows(self) -> None:
        rows = replace(
            ROWS, draftkings=np.where(np.arange(len(ROWS)) % 4 == 0, ROWS.cascade, np.nan)
        )
        both = (LineSource.CONSENSUS, LineSource.DRAFTKINGS)
        report = make_report(
            run_backtest(rows, asked(last=159, sources=both, include_no_line=False))
        )
        assert [one.source for one in report.summary.lines] == list(both)
        assert {one.rows for one in report.summary.lines} == {report.about.rows} == {120 * 3}

    def test_tiers_are_of_before(self) -> None:
        """The tier is of the mean before the game, whatever was scored in it."""
        report = make_report(honest())
        counts = {one.name: one.model.n for one in report.summary.tiers}
        season = honest().rows.feature("points_avg_season")
        assert counts["bench"] == np.sum(season < 5)
        assert counts["star"] == np.sum(season >= 25)
        assert sum(counts.values()) == report.about.rows

    def test_months(self) -> None:
        report = make_report(honest())
        assert [one.name for one in report.summary.months] == [
            f"{year}-{month:02d}"
            for year, month in ((2025, 12), (2026, 1), (2026, 2), (2026, 3), (2026, 4))
        ]

    def test_importance(self) -> None:
        """What was learnt is what carries the points."""
        weights = make_report(honest()).summary.importance
        assert [one.feature for one in weights[:2]] == ["vegas_points_line", "minutes_avg_last_10"]
        assert {one.feature for one in weights[2:4]} <= {
            *("points_avg_last_5", "points_avg_last_10", "points_avg_season"),
        }
        assert sum(one.share for one in weights) == pytest.approx(1)

    def test_without_vegas(self) -> None:
        done = run_backtest(ROWS, asked(last=159, no_vegas=True))
        assert "vegas_points_line" not in done.asked.features
        assert len(done.asked.features) == 50


class TestWritten:
    def test_json_is_the_same_bytes(self) -> None:
        again: Backtest = run_backtest(make_rows(dates=160), asked(last=159))
        assert as_text(make_report(again)) == as_text(make_report(honest()))
        told = json.loads(as_text(make_report(honest())))
        edge3 = told["summary"]["lines"][0]["picks"][1]
        assert edge3["edge"] == 3
        assert edge3["all"]["decided"] == edge3["all"]["won"] + edge3["all"]["lost"]

    def test_page_needs_nothing(self) -> None:
        page = as_page(make_report(run_backtest(ROWS, asked(last=159, name="a<b"))))
        assert re.findall(r"https?://|<script|<link|<img|@import|url\(", page) == []
        assert page.count("<svg ") == 5
        assert "a&lt;b" in page
        assert "a<b" not in page

    def test_page_without_lines(self) -> None:
        rows = replace(ROWS, cascade=np.full(len(ROWS), np.nan))
        page = as_page(make_report(run_backtest(rows, asked(last=159))))
        assert "Nobody had a line." in page
        assert "nan" not in page.lower()

    def test_page_says_the_flags(self) -> None:
        page = as_page(make_report(run_backtest(leaked(ROWS), asked(last=159))))
        assert "Too good to be true" in page
        assert "tipoff audit blindness" in page
