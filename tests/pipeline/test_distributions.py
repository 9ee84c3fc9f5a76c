"""What strikes in a distribution, which seasons are told, and the canaries' last word."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from pipeline.audit.canaries import Finding, What, audit_canaries
from pipeline.audit.last_word import last_word
from pipeline.audit.verdict import Word, remember
from pipeline.calendar import Calendar, Season
from pipeline.distributions import Distribution, Jump, Spread, read_distributions, seasons_held
from pipeline.histogram import Bin, bins
from pipeline.readiness import STORE
from processors.features import FEATURES
from processors.registry import load
from tests.stores import FIRST, LAST, rows_of, store_of

MEASURED = next(one for one in FEATURES if one.name == "points_avg_last_5")
FLAG = next(one for one in FEATURES if one.name == "home_away")
GAMES = {date(2025, 10, 21): 1, FIRST: 1, LAST: 1}
SEASON = Season(2025, date(2025, 10, 21), GAMES, GAMES, dict.fromkeys(GAMES, "regular"))
BEFORE = Season(2024, date(2024, 10, 22), {date(2025, 4, 18): 1}, {}, {})
CALENDAR = Calendar((BEFORE, SEASON))


def spread(month: int | None = None, **said: object) -> Spread:
    told: dict[str, object] = {
        "month": month and date(2025, month, 1),
        "rows": 1000,
        "present": 1000,
        "distinct": 9,
        "most": 200,
        **dict.fromkeys(("favourite", "lowest", "lower", "median", "upper", "highest"), 1.0),
    }
    return Spread(**{**told, **said})  # type: ignore[arg-type]


def over(*months: Spread, feature=MEASURED, **season: object) -> Distribution:
    return Distribution(feature=feature, season=spread(**season), months=months)


class TestSpread:
    def test_shares(self):
        one = spread(present=250, most=50)
        assert (one.nulls, one.null_share, one.one_value_share) == (750, 0.75, 0.2)
        assert spread(present=0, most=0).one_value_share is None


class TestDistribution:
    def test_nothing_strikes(self):
        one = over(spread(1), spread(2, present=801))
        assert (one.constant, one.stuck, one.jumps) == (False, (), ())

    def test_jumps(self):
        one = over(spread(1), spread(2, present=800), spread(3, present=900), spread(4, present=50))
        assert one.jumps == (
            Jump(month=date(2025, 2, 1), before=0, after=0.2),
            Jump(month=date(2025, 4, 1), before=0.1, after=0.95),
        )

    def test_a_month_of_few_rows_is_no_jump(self):
        assert over(spread(1), spread(2, rows=99, present=0)).jumps == ()
        assert over(spread(1), spread(2, rows=100, present=0)).jumps

    def test_constant(self):
        assert over(spread(1, distinct=1), distinct=1).constant
        assert over(spread(1, distinct=1), distinct=1).stuck == ()
        assert not over(spread(1, distinct=0, present=0), distinct=0, present=0).constant

    def test_stuck(self):
        months = (spread(1), spread(2, distinct=1), spread(3, rows=99, distinct=1))
        assert over(*months).stuck == (date(2025, 2, 1),)
        assert over(*months, feature=FLAG).stuck == ()


class TestBins:
    def test_empty_ones_are_told(self):
        found = bins([(0.0, 1.0, 0.5, 3), (2.0, 1.0, 0.5, 4)], whole=False)
        assert found == [
            Bin(low=1.0, high=1.5, rows=3),
            Bin(low=1.5, high=2.0, rows=0),
            Bin(low=2.0, high=2.5, rows=4),
        ]

    def test_whole(self):
        assert bins([(1.0, 0.0, 2.0, 4)], whole=True) == [
            Bin(low=0.0, high=1.0, rows=0),
            Bin(low=2.0, high=3.0, rows=4),
        ]

    def test_nothing(self):
        assert bins([], whole=False) == []


class TestSeasonsHeld:
    def test_of_processed_days(self):
        rows = rows_of(1)
        with_before = store_of(rows)
        assert seasons_held(with_before, CALENDAR) == [BEFORE, SEASON]
        bootstrap = {**rows[0], "game_date": date(2025, 10, 22)}
        assert seasons_held(store_of([bootstrap]), CALENDAR) == []


class TestLastWord:
    @pytest.fixture
    def warehouse(self):
        made = store_of(rows_of())
        yield made
        made.close()

    def test_nobody_has_spoken(self, warehouse):
        assert last_word(warehouse, STORE, SEASON.start, SEASON.last) is None

    def test_as_it_was_kept(self, warehouse):
        (verdict,) = audit_canaries(warehouse, CALENDAR, [load().contracts[STORE]])
        remember(warehouse, [verdict])
        word = last_word(warehouse, STORE, SEASON.start, SEASON.last)
        assert word is not None
        assert (word.word, word.reason, word.rows) == (Word.FAILED, verdict.reason, 120)
        assert word.findings == verdict.findings
        assert ("usage_rate_last_5", What.NULLS) in [(it.column, it.what) for it in word.findings]
        assert isinstance(word.recorded_at, datetime)
        assert all(isinstance(one, Finding) for one in word.findings)
        assert last_word(warehouse, STORE, BEFORE.start, BEFORE.last) is None
        assert last_word(warehouse, "nba_analytics.team_form", SEASON.start, SEASON.last) is None

    def test_of_what_stands(self, warehouse):
        (verdict,) = audit_canaries(warehouse, CALENDAR, [load().contracts[STORE]])
        remember(warehouse, [verdict])
        word = last_word(warehouse, STORE, SEASON.start, SEASON.last)
        stands = read_distributions(warehouse, FIRST, LAST)
        assert word is not None
        assert all(word.is_of(one) for one in stands)
        warehouse._connection.execute(
            f"UPDATE {STORE} SET home_away = NULL WHERE game_date = ?", [FIRST]
        )
        changed = read_distributions(warehouse, FIRST, LAST)
        assert [one.feature.name for one in changed if not word.is_of(one)] == ["home_away"]

    def test_a_young_season(self):
        young = store_of(rows_of(10))
        (verdict,) = audit_canaries(young, CALENDAR, [load().contracts[STORE]])
        remember(young, [verdict])
        word = last_word(young, STORE, SEASON.start, SEASON.last)
        assert word is not None
        assert (word.word, word.findings, word.columns) == (Word.UNDETERMINED, [], {})
        assert word.is_of(read_distributions(young, FIRST, LAST)[0])
        young.close()
