"""When is learnt from what: nothing of a date or after it ever reaches a prediction of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from modeling.arrays import day_of
from modeling.backtest import Asked, run_backtest, usual_dates
from modeling.fitting.frameworks import fit
from modeling.fitting.recipe import USUAL_LOSS, Fitted, Framework, Recipe, Sample
from modeling.walkforward import Span, Walk, refits, training_rows, validation_rows
from processors.errors import TrainingRefused, UsageError
from tests.modeling.small import FIRST, asked, make_rows

ROWS = make_rows()


def number(day: date) -> int:
    return (day - FIRST).days


class TestNoFuture:
    @pytest.mark.parametrize("refit_days", [None, 1, 7])
    def test_future_rows_change_nothing(self, refit_days: int | None) -> None:
        """From a date on, points and features become absurd: what was said before stays."""
        wanted = asked(last=54, refit_days=refit_days, feature_set="v9")
        honest = run_backtest(ROWS, wanted)
        for moment in (40, 47, 52):
            from_then = ROWS.days >= np.datetime64(FIRST + timedelta(days=moment))
            absurd = replace(
                ROWS,
                points=np.where(from_then, 1e6, ROWS.points),
                features=np.where(from_then[:, None] & (ROWS.features > 0), 1e6, ROWS.features),
            )
            done = run_backtest(absurd, wanted)
            before = honest.rows.days < np.datetime64(FIRST + timedelta(days=moment))
            assert before.any() == (moment > 40)
            assert np.array_equal(done.predicted[before], honest.predicted[before])

    def test_points_of_the_date_itself(self) -> None:
        """The first evaluated date's own points are known to no prediction of it."""
        wanted = asked(last=49, refit_days=1, feature_set="v9")
        honest = run_backtest(ROWS, wanted)
        for moment in (40, 45, 49):
            today = ROWS.days == np.datetime64(FIRST + timedelta(days=moment))
            done = run_backtest(replace(ROWS, points=np.where(today, 1e6, ROWS.points)), wanted)
            upto = honest.rows.days <= np.datetime64(FIRST + timedelta(days=moment))
            assert np.array_equal(done.predicted[upto], honest.predicted[upto])
            assert not np.array_equal(done.predicted, honest.predicted) or moment == 49

    def test_every_fit_ends_before_it_speaks(self) -> None:
        done = run_backtest(ROWS, asked())
        assert [number(one.first_evaluated) for one in done.fits] == [40, 47, 54, 61, 68, 75]
        assert all(one.train_last == one.first_evaluated - timedelta(days=1) for one in done.fits)
        assert {one.train_first for one in done.fits} == {FIRST}


class TestTrueRefit:
    @pytest.mark.parametrize(
        ("framework", "window"),
        [(Framework.RIDGE, None), (Framework.RIDGE, 30), (Framework.LIGHTGBM, 30)],
    )
    def test_each_is_of_the_rows_before_it(self, framework: Framework, window: int | None) -> None:
        """By hand, of nothing but the rows before its first date: the same numbers, and another
        model each time."""
        wanted = asked(
            last=67,
            recipe=Recipe(framework=framework, loss=USUAL_LOSS[framework]),
            refit_days=14,
            window_days=window,
            feature_set="v12_blind",
        )
        done = run_backtest(ROWS, wanted)
        fitted = [by_hand(wanted, one.first_evaluated, window) for one in done.fits]
        assert len(fitted) == 2
        for one, model in zip(done.fits, fitted, strict=True):
            spoken = Span(first=one.first_evaluated, last=one.last_evaluated).covers(done.rows.days)
            said = [each.predict(done.rows.matrix(wanted.features)[spoken]) for each in fitted]
            own = said.pop(fitted.index(model))
            assert done.predicted[spoken] == pytest.approx(own, abs=1e-9)
            assert np.abs(own - said[0]).max() > 0.05

    def test_once_is_one_model(self) -> None:
        """Without refits the second weeks are the first model's, too."""
        wanted = asked(last=67, refit_days=None, feature_set="v12_blind")
        done = run_backtest(ROWS, wanted)
        own = by_hand(wanted, wanted.walk.evaluated.first, None)
        expected = own.predict(done.rows.matrix(wanted.features))
        assert done.predicted == pytest.approx(expected, abs=1e-9)


def by_hand(wanted: Asked, moment: date, window: int | None) -> Fitted:
    """Fitted on rows that were picked one by one, the latest 15 % of their dates held back."""
    days = [day_of(one) for one in ROWS.days]
    first = moment - timedelta(days=window) if window else FIRST
    learnt = sorted({day for day in days if first <= day < moment})
    held_back = set(learnt[int(0.85 * len(learnt)) :])

    def of(chosen: set[date]) -> Sample:
        places = [place for place, day in enumerate(days) if day in chosen]
        rows = ROWS.pick(np.isin(np.arange(len(ROWS)), places))
        return Sample(features=rows.matrix(wanted.features), points=rows.points)

    return fit(wanted.recipe, wanted.features, of(set(learnt) - held_back), of(held_back))


class TestRefits:
    def walk(self, first: int, last: int, **more: int | None) -> Walk:
        span = Span(first=FIRST + timedelta(days=first), last=FIRST + timedelta(days=last))
        return Walk(evaluated=span, train_first=FIRST, **more)

    def test_once(self) -> None:
        (found,) = refits(self.walk(40, 79), ROWS.days)
        assert (number(found.moment), number(found.last)) == (40, 79)

    def test_weekly(self) -> None:
        found = [
            (number(one.moment), number(one.last))
            for one in refits(self.walk(60, 75, refit_days=7), ROWS.days)
        ]
        assert found == [(60, 66), (67, 73), (74, 75)]

    def test_weeks_without_games_are_left_out(self) -> None:
        days = ROWS.days[(ROWS.days < ROWS.days.min() + 67) | (ROWS.days > ROWS.days.min() + 73)]
        found = [number(one.moment) for one in refits(self.walk(60, 79, refit_days=7), days)]
        assert found == [60, 74]

    def test_window(self) -> None:
        walk = self.walk(60, 79, refit_days=7, window_days=20)
        for refit in refits(walk, ROWS.days):
            learnt = ROWS.days[training_rows(walk, refit, ROWS.days)]
            assert learnt.min() == np.datetime64(refit.moment) - 20
            assert learnt.max() == np.datetime64(refit.moment) - 1

    def test_summers_are_no_part_of_a_window(self) -> None:
        days = np.concatenate([ROWS.days - 250, ROWS.days])
        walk = replace(self.walk(5, 79, refit_days=7, window_days=20), train_first=date(2024, 1, 1))
        refit = next(iter(refits(walk, days)))
        learnt = np.unique(days[training_rows(walk, refit, days)])
        assert learnt.max() == np.datetime64(refit.moment) - 1
        assert len(learnt) == 20
        assert learnt.min() == ROWS.days.max() - 250 - 14

    def test_first_fit_ends_where_training_ends(self) -> None:
        done = run_backtest(ROWS, asked(train_last=FIRST + timedelta(days=30)))
        assert [number(one.train_last) for one in done.fits] == [30, 46, 53, 60, 67, 74]

    @pytest.mark.parametrize("train_last", [40, 60])
    def test_training_that_reaches_into_evaluation(self, train_last: int) -> None:
        with pytest.raises(UsageError, match="nobody learns from what he is to predict"):
            self.walk(40, 79, train_last=FIRST + timedelta(days=train_last))

    def test_backwards(self) -> None:
        with pytest.raises(UsageError, match="ends before it starts"):
            self.walk(40, 30)


class TestValidation:
    def test_is_the_latest(self) -> None:
        later = validation_rows(ROWS.days)
        assert ROWS.days[later].min() > ROWS.days[~later].max()
        assert 0.1 < later.mean() < 0.2

    def test_too_few_dates(self) -> None:
        assert not validation_rows(ROWS.days[: 12 * 9]).any()


class TestRows:
    def test_all_are_predicted_once(self) -> None:
        done = run_backtest(ROWS, asked())
        assert len(done.predicted) == 40 * 12
        assert np.isfinite(done.predicted).all()

    def test_listed_only(self) -> None:
        done = run_backtest(ROWS, asked(include_no_line=False))
        assert len(done.predicted) == done.without_line == 40 * 6

    def test_not_ready(self) -> None:
        """Rows that the set can't be read from are neither learnt from nor judged."""
        sets = ROWS.ready_sets.copy()
        sets[::12] = "v9,v10,v11"
        missing = np.where(np.arange(len(ROWS)) % 12 == 0, "days_rest,points_avg_last_3", "")
        rows = replace(ROWS, ready_sets=sets, missing=missing.astype(np.object_))
        done = run_backtest(rows, asked())
        assert (len(done.predicted), done.not_ready) == (40 * 11, 40)
        assert len(run_backtest(rows, asked(feature_set="v11")).predicted) == 40 * 12
        assert rows.lacking("v12") == {"days_rest": 80, "points_avg_last_3": 80}
        assert rows.lacking("v11") == {}

    def test_too_little_before(self) -> None:
        done = run_backtest(ROWS, asked(first=10))
        assert done.without_model == 7 * 12
        with pytest.raises(TrainingRefused, match="fewer than 200 rows"):
            run_backtest(ROWS, asked(first=1, last=10, refit_days=None))

    def test_nobody_has_a_line(self) -> None:
        rows = replace(ROWS, cascade=np.full(len(ROWS), np.nan))
        with pytest.raises(TrainingRefused, match="--include-no-line"):
            run_backtest(rows, asked(include_no_line=False))


def test_usual_dates() -> None:
    """One season: its first eight weeks are learnt from; of several the last is evaluated."""
    assert [number(one) for one in usual_dates(ROWS)] == [0, 56, 79]
    early = ROWS.days < ROWS.days.min() + 30
    two = replace(ROWS, seasons=np.where(early, 2024, 2025))
    assert [number(one) for one in usual_dates(two)] == [0, 30, 79]
