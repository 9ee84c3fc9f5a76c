"""The ridge over pairs, and its mean with the trees."""

from __future__ import annotations

import numpy as np
import pytest

from modeling.fitting.mixed import SEEDS, SHARE, fit_mixed
from modeling.fitting.pairs import PAIRED, Pairs, fit_pairs
from modeling.fitting.recipe import USUAL_LOSS, Framework, Recipe, Sample
from modeling.training_set import features_of

NAMES = ("minutes_avg_last_10", "ppm_avg_last_10", "pct_three")
NONE = Sample(features=np.empty((0, 3)), points=np.empty(0))


def evenings(count: int = 20_000, *, seed: int = 1, noise: float = 1.0) -> Sample:
    """Points are minutes times points a minute; shares of threes say nothing."""
    rng = np.random.default_rng(seed)
    features = rng.normal([24, 0.5, 0.4], [6, 0.1, 0.1], (count, 3))
    points = features[:, 0] * features[:, 1] + rng.normal(0, noise, count)
    return Sample(features=features, points=points)


def test_products_are_learnt() -> None:
    fitted = fit_pairs(NAMES, evenings(), NONE)
    later = evenings(1000, seed=2, noise=0)
    assert np.abs(fitted.predict(later.features) - later.points).mean() < 0.2
    assert fitted.paired == [0, 1]
    assert fitted.importance().sum() == pytest.approx(1)
    assert fitted.importance()[2] < 0.05


def test_far_evenings_count_by_their_distance() -> None:
    """Each tenth scores fifty more: a mean would be five above the others, this is near them."""
    rows = evenings()
    rows.points[::10] += 50
    fitted = fit_pairs(NAMES, rows, NONE)
    later = evenings(1000, seed=2, noise=0)
    assert 0 < (fitted.predict(later.features) - later.points).mean() < 2


def test_far_values_decide_nothing() -> None:
    """What stands a thousand deviations out is predicted as what stands four out."""
    fitted = fit_pairs(NAMES, evenings(2000), NONE)
    middle, spread = np.array(fitted.scale.means), np.array(fitted.scale.deviations)
    four, thousand = fitted.predict(middle + np.outer([4, 1000], spread))
    assert four == pytest.approx(thousand)


def test_rows_of_validation_are_learnt_from() -> None:
    rows = evenings(2000)
    halves = [Sample(features=rows.features[at], points=rows.points[at]) for at in (HALF, ~HALF)]
    both = fit_pairs(NAMES, *halves)
    assert isinstance(both, Pairs)
    together = Sample(
        features=np.vstack([one.features for one in halves]),
        points=np.concatenate([one.points for one in halves]),
    )
    assert both.weights == fit_pairs(NAMES, together, NONE).weights


HALF = np.arange(2000) < 1000


def test_the_mean_of_both() -> None:
    recipe = Recipe(framework=Framework.MIXED, loss=USUAL_LOSS[Framework.MIXED])
    rows = evenings(1000)
    fitted = fit_mixed(recipe, NAMES, rows, evenings(200, seed=3))
    each = [one.predict(rows.features) for one in fitted.trees]
    assert len(each) == SEEDS
    assert not np.array_equal(each[0], each[1])
    trees, pairs = sum(each) / SEEDS, fitted.pairs.predict(rows.features)
    assert fitted.predict(rows.features) == pytest.approx(trees + SHARE * (pairs - trees))
    assert fitted.rounds == max(one.rounds for one in fitted.trees) > 0


def test_paired_features_are_the_blind_set_s() -> None:
    """None of them is about the line."""
    assert set(PAIRED) <= set(features_of("v12_blind"))
