"""Fitting: the ridge against the textbook, the trees against themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modeling.fitting.frameworks import fit, load_fitted
from modeling.fitting.recipe import (
    USUAL_LOSS,
    Framework,
    GrowPolicy,
    Loss,
    LossKind,
    Recipe,
    Sample,
    parse_loss,
)
from modeling.fitting.ridge import Ridge, Scale, fit_ridge
from modeling.fitting.started import Started
from processors.errors import UsageError

NAMES = tuple(f"feature{number}" for number in range(5))
NONE = Sample(features=np.empty((0, 5)), points=np.empty(0))
NO_ROWS = Sample(features=np.empty((0, 4)), points=np.empty(0))
RIDGE = Recipe(framework=Framework.RIDGE, loss=USUAL_LOSS[Framework.RIDGE])


def sample(count: int = 600, *, seed: int = 2, holes: bool = False) -> Sample:
    rng = np.random.default_rng(seed)
    features = rng.normal(3, 2, (count, 5))
    points = 10 + features @ [2.0, -1.0, 0.5, 0.0, 0.0] + rng.normal(0, 0.5, count)
    if holes:
        features[rng.random(count) < 0.3, 1] = np.nan
    return Sample(features=features, points=points)


class TestRidge:
    def test_least_squares(self) -> None:
        """With hardly any penalty it is what anybody's least squares say."""
        rows = sample()
        fitted = fit_ridge(rows, NONE)
        design = np.hstack([rows.features, np.ones((600, 1))])
        expected = design @ np.linalg.lstsq(design, rows.points, rcond=None)[0]
        assert fitted.strength == 1
        assert fitted.predict(rows.features) == pytest.approx(expected, abs=0.05)

    def test_normal_equations(self) -> None:
        """The penalty stands where the textbook has it: on the standardised columns alone."""
        rows = sample(200)
        fitted = fit_ridge(rows, NONE)
        scaled = (rows.features - rows.features.mean(axis=0)) / rows.features.std(axis=0)
        weights = np.array(fitted.weights)
        gradient = scaled.T @ (rows.points - rows.points.mean() - scaled @ weights) - 1.0 * weights
        assert gradient == pytest.approx(np.zeros(5), abs=1e-8)

    def test_scale_is_of_training_rows(self) -> None:
        """Rows to be predicted change nothing of what they are measured by."""
        rows = sample(holes=True)
        fitted = fit_ridge(rows, NONE)
        alone = fitted.predict(rows.features[:1])
        beside = fitted.predict(np.vstack([rows.features[:1], np.full((9, 5), 1e9)]))[:1]
        assert alone == pytest.approx(beside, abs=1e-12)
        assert fitted.scale.means == pytest.approx(np.nanmean(rows.features, axis=0))
        assert fitted.scale.flagged == [1]

    def test_null_is_the_mean_and_a_flag(self) -> None:
        scale = Scale(means=[4.0, 0.0], deviations=[2.0, 1.0], flagged=[0])
        ridge = Ridge(scale=scale, strength=1.0, intercept=10.0, weights=[1.0, 0.0, 3.0])
        assert ridge.predict(np.array([[6.0, 0], [np.nan, 0]])).tolist() == [11.0, 13.0]
        assert ridge.importance().tolist() == [1.0, 0.0]

    def test_column_of_nothing(self) -> None:
        """Lines that come only after training weigh nothing, and hurt nobody."""
        rows = sample()
        rows.features[:, 4] = np.nan
        fitted = fit_ridge(rows, NONE)
        later = sample(50, seed=3).features
        without = later.copy()
        without[:, 4] = np.nan
        assert fitted.predict(later).tolist() == fitted.predict(without).tolist()

    def test_strength_is_chosen_on_what_came_later(self) -> None:
        rng = np.random.default_rng(4)
        noise = Sample(features=rng.normal(0, 1, (60, 50)), points=rng.normal(0, 1, 60))
        later = Sample(features=rng.normal(0, 1, (60, 50)), points=rng.normal(0, 1, 60))
        assert fit_ridge(noise, later).strength >= 1000
        assert fit_ridge(sample(), sample(100, seed=3)).strength == 1


@pytest.mark.parametrize("framework", Framework)
class TestEach:
    def test_learns_and_repeats_itself(self, framework: Framework, tmp_path: Path) -> None:
        recipe = Recipe(framework=framework, loss=USUAL_LOSS[framework])
        train, later = sample(holes=True), sample(150, seed=3, holes=True)
        fitted = fit(recipe, NAMES, train, later)
        said = fitted.predict(later.features)
        assert np.mean(np.abs(said - later.points)) < 0.6 * np.mean(
            np.abs(later.points - train.points.mean())
        )
        assert fit(recipe, NAMES, train, later).predict(later.features).tolist() == said.tolist()
        assert fitted.importance().sum() == pytest.approx(1)
        assert fitted.importance()[0] == max(fitted.importance())
        fitted.save(tmp_path / "model")
        loaded = load_fitted(framework, tmp_path / "model")
        assert loaded.predict(later.features).tolist() == said.tolist()

    def test_stops_early(self, framework: Framework) -> None:
        """Noise is given up soon."""
        recipe = Recipe(framework=framework, loss=USUAL_LOSS[framework])
        rounds = fit(recipe, NAMES, noise_of(8), noise_of(9)).rounds
        assert rounds <= 100
        assert (rounds == 0) == (framework is Framework.RIDGE)


def noise_of(seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    return Sample(features=rng.normal(0, 1, (300, 5)), points=rng.normal(0, 1, 300))


@pytest.mark.parametrize("policy", GrowPolicy)
@pytest.mark.parametrize("loss", ["MAE", "Quantile:alpha=0.4"])
def test_catboost_knobs(policy: GrowPolicy, loss: str) -> None:
    recipe = Recipe(
        framework=Framework.CATBOOST, loss=parse_loss(loss), rsm=0.5, grow_policy=policy
    )
    later = sample(100, seed=3)
    assert fit(recipe, NAMES, sample(300), later).rounds > 0


class TestStart:
    """Where the line is known it is where a model starts; elsewhere a ridge without lines is."""

    names = ("points_avg_last_5", "vegas_points_line", "game_total_line", "home_away")

    def rows(self, count: int = 400, seed: int = 6) -> Sample:
        """What is scored is about the line; every second row has one."""
        rng = np.random.default_rng(seed)
        level = rng.normal(15, 6, count)
        features = np.column_stack(
            [level + rng.normal(0, 3, count), level, rng.normal(220, 9, count), rng.random(count)]
        )
        features[::2, 1] = np.nan
        return Sample(features=features, points=level + rng.normal(0, 5, count))

    def test_starts(self) -> None:
        fitted = fit(RIDGE, self.names, self.rows(), self.rows(seed=7))
        assert isinstance(fitted, Started)
        later = self.rows(seed=8).features
        start = fitted.start.of(later)
        assert start[1::2].tolist() == later[1::2, 1].tolist()
        assert start[::2] == pytest.approx(later[::2, 0], abs=4)
        assert fitted.start.plain == [0, 3]
        assert fitted.lined == 0.5

    def test_is_hardly_behind_the_line(self) -> None:
        """Even of few rows: nothing has to be learnt of it."""
        later = self.rows(2000, seed=9)
        listed = ~np.isnan(later.features[:, 1])
        line = np.abs(later.features[:, 1] - later.points)[listed].mean()
        for framework in Framework:
            recipe = Recipe(framework=framework, loss=USUAL_LOSS[framework])
            fitted = fit(recipe, self.names, self.rows(160), self.rows(40, seed=7))
            off = np.abs(fitted.predict(later.features) - later.points)
            assert off[listed].mean() < 1.03 * line
            assert off[~listed].mean() < 1.25 * line

    def test_without_the_line_among_the_features(self) -> None:
        names = ("points_avg_last_5", "points_avg_last_10", "game_total_line", "home_away")
        fitted = fit(RIDGE, names, self.rows(), self.rows(seed=7))
        assert isinstance(fitted, Started)
        assert fitted.start.line is None
        assert fitted.lined == 0
        assert fitted.start.plain == [0, 1, 3]

    def test_importance_is_of_both(self) -> None:
        shares = dict(
            zip(self.names, fit(RIDGE, self.names, self.rows(), NO_ROWS).importance(), strict=True)
        )
        assert sum(shares.values()) == pytest.approx(1)
        assert min(shares["vegas_points_line"], shares["points_avg_last_5"]) > 0.3


class TestLoss:
    @pytest.mark.parametrize(
        ("said", "meant"),
        [
            ("Huber:delta=5", Loss(kind=LossKind.HUBER, value=5)),
            ("huber", Loss(kind=LossKind.HUBER, value=5)),
            ("MAE", Loss(kind=LossKind.MAE)),
            ("rmse", Loss(kind=LossKind.RMSE)),
            ("Quantile:alpha=0.45", Loss(kind=LossKind.QUANTILE, value=0.45)),
        ],
    )
    def test_said(self, said: str, meant: Loss) -> None:
        assert parse_loss(said) == meant
        assert parse_loss(str(meant)) == meant

    @pytest.mark.parametrize(
        "said",
        ["Hubert", "Huber:delta=0", "Huber:alpha=5", "Quantile:alpha=1", "MAE:delta=5", "Huber:5"],
    )
    def test_refused(self, said: str) -> None:
        with pytest.raises(UsageError):
            parse_loss(said)


@pytest.mark.parametrize(
    ("framework", "more", "says"),
    [
        (Framework.RIDGE, {"loss": Loss(kind=LossKind.MAE)}, "a ridge makes squares small"),
        (Framework.RIDGE, {"rsm": 0.5}, "no trees"),
        (Framework.LIGHTGBM, {"grow_policy": GrowPolicy.DEPTHWISE}, "CatBoost's"),
        (Framework.CATBOOST, {"rsm": 0.0}, "share of the features"),
    ],
)
def test_recipe_that_cannot_be(framework: Framework, more: dict, says: str) -> None:
    told = {"loss": USUAL_LOSS[framework], **more}
    with pytest.raises(UsageError, match=says):
        Recipe(framework=framework, **told)
