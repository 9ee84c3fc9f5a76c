"""Google's evaluator, DuckDB and a count by hand say the same of how features spread."""

from __future__ import annotations

from collections import Counter
from datetime import date
from math import ceil

import pytest

from pipeline.audit.last_word import LAST_WORD
from pipeline.distributions import DAYS, Spread, read_distributions, spreads
from pipeline.histogram import BINS, bins, histogram, read_histogram
from pipeline.readiness import STORE
from processors.columns import Type
from processors.features import FEATURES, Feature
from processors.registry import load
from tests.googlesql.analysis import analyse
from tests.googlesql.evaluation import evaluate
from tests.linters.product import types_in
from tests.stores import FIRST, LAST, NAMES, rows_of, store_of

ASKED = {"first_date": FIRST, "last_date": LAST}
KINDS = (
    ("game_date", Type.DATE),
    *((one.name, Type.INT64 if one.whole else Type.FLOAT64) for one in FEATURES),
)
ROWS = rows_of()
TABLES = {STORE: (KINDS, [tuple(row[name] for name in NAMES) for row in ROWS])}
EVERY_NINTH = FEATURES[::9]
CONTRACTS = tuple(load().contracts.values())


@pytest.fixture(scope="module")
def warehouse():
    made = store_of(ROWS)
    yield made
    made.close()


def by_hand(month: date | None, values: list[float | None]) -> Spread:
    """From the values in order, one by one."""
    held = sorted(value for value in values if value is not None)
    counted = Counter(held)
    most = max(counted.values(), default=0)

    def at(part: float) -> float | None:
        return held[max(ceil(part * len(held)) - 1, 0)] if held else None

    return Spread(
        month=month,
        rows=len(values),
        present=len(held),
        distinct=len(counted),
        most=most,
        favourite=min((value for value in counted if counted[value] == most), default=None),
        lowest=at(0),
        lower=at(0.25),
        median=at(0.5),
        upper=at(0.75),
        highest=at(1),
    )


def asked_of(feature: Feature, month: date | None) -> list[float | None]:
    return [
        row[feature.name]
        for row in ROWS
        if FIRST <= row["game_date"] <= LAST and month in (None, row["game_date"].replace(day=1))
    ]


def test_by_hand(warehouse):
    found = read_distributions(warehouse, FIRST, LAST)
    assert [one.feature for one in found] == list(FEATURES)
    for one in found:
        months = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
        assert one.season == by_hand(None, asked_of(one.feature, None))
        assert list(one.months) == [
            by_hand(month, asked_of(one.feature, month)) for month in months
        ]


@pytest.mark.parametrize("features", [EVERY_NINTH, (FEATURES[0],), (FEATURES[48],)])
def test_spreads(warehouse, features):
    text = spreads(features)
    _, google = evaluate(text, TABLES, ASKED)
    assert set(google) == set(warehouse.rows(text, **ASKED))
    assert len(google) == 4 * len(features)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda one: one.name)
def test_histogram(warehouse, feature):
    text = histogram(feature)
    _, google = evaluate(text, TABLES, ASKED)
    assert google == warehouse.rows(text, **ASKED)
    found = read_histogram(warehouse, feature, FIRST, LAST)
    assert found == bins(google, whole=feature.whole)
    values = [value for value in asked_of(feature, None) if value is not None]
    assert sum(one.rows for one in found) == len(values)
    assert len(found) <= BINS
    for number, one in enumerate(found):
        closed = feature.whole or number == len(found) - 1
        inside = [it for it in values if one.low <= it < one.high or (closed and it == one.high)]
        assert len(inside) == one.rows, one


class TestAnalysed:
    """Of all features and of one, on the stored columns as the contract has them."""

    @pytest.mark.parametrize("features", [FEATURES, *((one,) for one in FEATURES)])
    def test_spreads(self, features):
        text = spreads(features)
        kinds = [kind for _, kind in analyse(text, CONTRACTS, types_in(text))]
        assert kinds == ["INT64", "DATE", *["INT64"] * 4, *["FLOAT64"] * 6]

    @pytest.mark.parametrize("feature", FEATURES[3:5], ids=lambda one: one.name)
    def test_histogram(self, feature):
        text = histogram(feature)
        kinds = [kind for _, kind in analyse(text, CONTRACTS, types_in(text))]
        assert kinds == ["FLOAT64", "FLOAT64", "FLOAT64", "INT64"]

    def test_days(self):
        assert analyse(DAYS, CONTRACTS, types_in(DAYS)) == [("game_date", "DATE")]

    def test_last_word(self):
        found = dict(analyse(LAST_WORD, CONTRACTS, types_in(LAST_WORD)))
        assert found == {"verdict": "STRING", "evidence": "STRING", "recorded_at": "TIMESTAMP"}
