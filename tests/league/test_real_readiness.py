"""Of three real seasons one is ready in a third of its rows, and the reasons are found."""

from __future__ import annotations

import pytest

from pipeline.holdings import Holding, read_holdings
from pipeline.readiness import Phase, Readiness, read_readiness
from pipeline.run import Pipeline, Report
from pipeline.shortage import Lack, Shortage, explain
from processors.features import SETS
from processors.lineage import Lineage


@pytest.fixture(scope="module")
def found(real_seasons: tuple[Pipeline, Report]) -> list[Readiness]:
    pipeline, _ = real_seasons
    return read_readiness(pipeline.warehouse, pipeline.assessor.calendar)


@pytest.fixture(scope="module")
def holdings(real_seasons: tuple[Pipeline, Report]) -> list[Holding]:
    pipeline, _ = real_seasons
    contracts = pipeline.registry.contracts.values()
    return read_holdings(pipeline.warehouse, pipeline.assessor.calendar, contracts)


@pytest.fixture(scope="module")
def shortages(
    real_seasons: tuple[Pipeline, Report], found: list[Readiness], holdings: list[Holding]
) -> list[Shortage]:
    pipeline, _ = real_seasons
    return explain(found, holdings, Lineage(pipeline.registry))


def test_shares(found: list[Readiness]) -> None:
    """After day 30: as docs/readiness.md has them."""
    shares = {
        (one.season, one.feature_set): round(100 * one.share, 1)
        for one in found
        if one.phase is Phase.SETTLED
    }
    short, long = ("v9", "v10", "v11"), ("v12", "v12_noveg", "v12_blind")
    assert shares == {
        **{("2021-22", name): 35.3 for name in short},
        **{("2021-22", name): 35.2 for name in long},
        **{("2022-23", name): 91.9 for name in short},
        **{("2022-23", name): 90.4 for name in long},
        **{("2023-24", name): 90.6 for name in short},
        **{("2023-24", name): 89.0 for name in long},
    }


def test_holdings(holdings: list[Holding]) -> None:
    """No odds of players before 2024-01-25, no injury report at all, shots of 580 games."""
    tables = {
        (one.season, one.table.partition(".")[2]): (one.found, one.needed, str(one.first))
        for one in holdings
        if one.column is None
    }
    assert tables["2021-22", "shots"] == (580, 1317, "2021-10-19")
    assert tables["2022-23", "shots"] == (1230, 1314, "2022-10-18")
    assert tables["2022-23", "odds_player_points"] == (0, 1314, "None")
    assert tables["2023-24", "odds_player_points"] == (621, 1312, "2024-01-25")
    assert {held for (_, table), held in tables.items() if table == "injury_report"} == {
        (0, 1317, "None"),
        (0, 1314, "None"),
        (0, 1312, "None"),
    }


def test_one_season(shortages: list[Shortage]) -> None:
    (one,) = shortages
    assert (one.season, one.phase, set(one.shares)) == ("2021-22", Phase.SETTLED, set(SETS))


def test_feature_by_feature(shortages: list[Shortage]) -> None:
    """Half of the season's shots and half of its attempts are unknown; offensive rebounds and fouls
    are unknown in every season, and so no reason for anything."""
    by_name: dict[str, Lack] = {lack.missing.feature: lack for lack in shortages[0].lacks}
    shots = ["nba_raw.shots: 580 of 1,317 games, 2021-10-19 to 2022-03-31"]
    columns = "nba_raw.player_boxscores {}: 667 of 1,317 games, 2021-10-19 to 2022-06-16"
    possessions = [columns.format("fg_attempted, fg_made, ft_attempted")]
    usage = [
        columns.format("fg3_attempted, fg3_made, fg_attempted, fg_made, ft_attempted, ft_made")
    ]
    gaps = {name: [str(gap) for gap in lack.gaps] for name, lack in by_name.items()}
    assert {name: said for name, said in gaps.items() if said} == {
        "shot_zone_mismatch_score": shots,
        "pct_paint": shots,
        "pct_mid_range": shots,
        "pct_three": shots,
        "pace_score": possessions,
        "team_pace": possessions,
        "team_off_rating": possessions,
        "opponent_def_rating": possessions,
        "opponent_pace": possessions,
        "usage_spike_score": usage,
        "usage_rate_last_5": usage,
        "pct_free_throw": [columns.format("ft_made")],
    }
    # What is missing without a gap is missing to beginners, but for a handful without deviation.
    for name, lack in by_name.items():
        if not gaps[name] and name != "deviation_from_avg_last3":
            assert lack.missing.rows - lack.missing.early_rows <= 1, name
    mismatch = by_name["shot_zone_mismatch_score"]
    assert round(mismatch.missing.share, 3) == 0.564
    assert mismatch.cause == (
        f"{shots[0]}; 3,632 of the rows are of players with fewer than 10 games this season"
    )
