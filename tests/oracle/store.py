"""ml_feature_store_v2: the features of every player who may play."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

from tests.oracle.asof import PlayerHistory
from tests.oracle.eve import Eve
from tests.oracle.exact import clamped, exact, rounded, where_known
from tests.oracle.features import FEATURES, readiness
from tests.oracle.numbers import ratio
from tests.oracle.recent import (
    deviation_from_mean,
    dnp_rate,
    games_below_mean,
    mean_points,
    usage_micros,
)
from tests.oracle.reports import ABSENT, Reports
from tests.oracle.roster import RECENT
from tests.oracle.steps import injury_risk, minutes_change, recent_trend, rest_advantage
from tests.oracle.team_form import MILLION

Row = dict[str, object]

Tables = Mapping[str, Mapping[str, Row]]
"""The date's rows of the other tables, by player or team."""

YEAR = timedelta(365)
MONTH = timedelta(30)
LONG_GAP = timedelta(14)

COMMON = (
    "season_year",
    "early_season_flag",
    "insufficient_data_reason",
    "games_in_sample",
    "data_quality_tier",
)
FROM_CACHE = (
    "points_avg_last_5",
    "points_avg_last_10",
    "points_avg_season",
    "points_std_last_10",
    "games_in_last_7_days",
    "minutes_avg_last_10",
)
FROM_COMPOSITE = ("fatigue_score", "shot_zone_mismatch_score", "pace_score", "usage_spike_score")
FROM_FORM = ("points_avg_last_3", "usage_rate_last_5", "prop_over_streak", "prop_under_streak")


class Store:
    """Makes the rows of a date from the other tables' rows and the games before it."""

    def __init__(
        self,
        history: PlayerHistory,
        reports: Reports,
        lines: Mapping[tuple[object, object], Row],
    ) -> None:
        self._history = history
        self._reports = reports
        self._lines = lines

    def rows(self, eve: Eve, tables: Tables) -> list[Row]:
        """The table's rows of one date."""
        absent = self._absent_usage(eve)
        return [
            self._row(eve, row, tables, absent[row["team_abbr"]])
            for row in eve.context
            if row["player_status"] not in ABSENT and _is_recent(eve, row["player_lookup"])
        ]

    def _absent_usage(self, eve: Eve) -> dict[object, int]:
        usage: dict[object, int] = defaultdict(int)
        for row in eve.context:
            if row["player_status"] in ABSENT:
                games = self._this_season(eve, row["player_lookup"], MONTH)
                usage[row["team_abbr"]] += usage_micros(games) or 0
        return usage

    def _this_season(self, eve: Eve, player: str, back: timedelta) -> list[Row]:
        games = self._history.between(player, eve.day - back, eve.day)
        return [game for game in games if game["season_year"] == eve.season]

    def _row(self, eve: Eve, context: Row, tables: Tables, absent_usage: int) -> Row:
        player = context["player_lookup"]
        cache = tables["daily_cache"].get(player, {})
        composite = tables["composite"][player]
        form = eve.form(player)
        values = {
            **{name: cache.get(name) for name in FROM_CACHE},
            **{name: composite[name] for name in FROM_COMPOSITE},
            **{name: form.get(name) for name in FROM_FORM},
            **_shares(tables["shot_zones"].get(player, {}), form),
            **_teams(eve, context, cache, tables["team_defense"]),
            **_form(eve, context, form),
            **self._market(context, cache),
            **self._games(eve, context, form),
            **self._report(context, absent_usage),
        }
        return {
            "game_date": eve.day,
            "player_lookup": player,
            "game_id": context["game_id"],
            "team_abbr": context["team_abbr"],
            "opponent_team_abbr": context["opponent_team_abbr"],
            "is_home": context["is_home"],
            **{name: composite[name] for name in COMMON},
            **{name: values[name] for name in FEATURES},
            **readiness(values),
        }

    def _market(self, context: Row, cache: Row) -> Row:
        line, season = context["current_points_line"], cache.get("points_avg_season")
        total, spread = exact(context["game_total"]), exact(context["game_spread"])
        books = self._lines.get((context["game_id"], context["player_lookup"]), {})
        return {
            "vegas_points_line": line,
            "vegas_opening_line": context["opening_points_line"],
            "vegas_line_move": context["line_movement"],
            "has_vegas_line": int(context["has_prop_line"]),
            "game_total_line": context["game_total"],
            "spread_magnitude": rounded(where_known(abs, spread)),
            "implied_team_total": rounded(
                where_known(lambda total, spread: (total - spread) / 2, total, spread)
            ),
            "multi_book_line_std": books.get("multi_book_line_std"),
            "line_vs_season_avg": rounded(
                where_known(lambda line, season: line - season, exact(line), exact(season))
            ),
        }

    def _games(self, eve: Eve, context: Row, form: Row) -> Row:
        player = context["player_lookup"]
        meetings = [
            game
            for game in self._history.between(player, eve.day - YEAR, eve.day)
            if game["opponent_team_abbr"] == context["opponent_team_abbr"]
        ]
        points = [game["points"] for game in self._this_season(eve, player, RECENT)]
        return {
            "avg_points_vs_opponent": rounded(mean_points(meetings)),
            "games_vs_opponent": len(meetings),
            "deviation_from_avg_last3": deviation_from_mean(form.get("points_avg_last_3"), points),
            "consecutive_games_below_avg": games_below_mean(points),
        }

    def _report(self, context: Row, absent_usage: int) -> Row:
        is_covered = self._reports.covers(context["game_id"])
        return {
            "injury_risk": injury_risk(context["player_status"], is_covered),
            "star_teammates_out": context["star_teammates_out"],
            "teammate_usage_available": ratio(absent_usage, MILLION) if is_covered else None,
        }


def _is_recent(eve: Eve, player: str) -> bool:
    latest = eve.player_asof.get(player)
    return latest is not None and latest["last_game_date"] >= eve.day - RECENT


def _shares(shots: Row, form: Row) -> Row:
    made, points = form.get("ft_made_sum_last_10"), form.get("points_sum_last_10")
    share = Fraction(made, points) if made is not None and points else None
    return {
        "pct_paint": _hundredth(shots.get("paint_rate_last_10")),
        "pct_mid_range": _hundredth(shots.get("mid_range_rate_last_10")),
        "pct_three": _hundredth(shots.get("three_pt_rate_last_10")),
        "pct_free_throw": rounded(where_known(lambda share: min(share, Fraction(1, 2)), share)),
    }


def _hundredth(rate: float | None) -> float | None:
    return rounded(where_known(lambda rate: rate / 100, exact(rate)))


def _teams(eve: Eve, context: Row, cache: Row, team_defense: Mapping[str, Row]) -> Row:
    opponent = context["opponent_team_abbr"]
    defense = team_defense.get(opponent, {})
    own = eve.team_form(context["team_abbr"])
    is_decided = own.get("games_decided_season", 0) >= 5
    return {
        "rest_advantage": rest_advantage(
            context["days_rest"], eve.team_context[opponent]["team_days_rest"]
        ),
        "opponent_def_rating": defense.get("defensive_rating_last_15"),
        "opponent_pace": defense.get("opponent_pace"),
        "home_away": int(context["is_home"]),
        "back_to_back": int(context["back_to_back"]),
        "playoff_game": int(context["season_phase"] == "playoffs"),
        "team_pace": cache.get("team_pace_last_10"),
        "team_off_rating": cache.get("team_off_rating_last_10"),
        "team_win_pct": own["win_pct_season"] if is_decided else None,
        "days_rest": context["days_rest"],
        "minutes_load_last_7d": context["minutes_in_last_7_days"],
    }


def _form(eve: Eve, context: Row, form: Row) -> Row:
    last_5, season = exact(form.get("points_avg_last_5")), exact(form.get("points_avg_season"))
    deviation = exact(form.get("points_std_last_10"))
    return {
        "recent_trend": recent_trend(form),
        "minutes_change": minutes_change(form),
        "ppm_avg_last_10": form.get("ppm_avg_last_10"),
        "dnp_rate": rounded(_dnp_rate(eve, context, form)),
        "pts_slope_10g": form.get("points_slope_last_10"),
        "scoring_trend_slope": form.get("points_slope_last_7"),
        "pts_vs_season_zscore": rounded(
            where_known(_zscore, last_5, season, deviation) if deviation else None
        ),
        "breakout_flag": where_known(_is_breakout, last_5, season, deviation),
        "games_since_structural_change": _games_since_change(eve, context, form),
    }


def _zscore(value: Fraction, mean: Fraction, deviation: Fraction) -> Fraction | int:
    return clamped((value - mean) / deviation, 3)


def _is_breakout(value: Fraction, mean: Fraction, deviation: Fraction) -> int:
    return int(value > mean + Fraction(3, 2) * deviation)


def _dnp_rate(eve: Eve, context: Row, form: Row) -> Fraction | None:
    return dnp_rate(form, eve.team_form(context["team_abbr"]))


def _games_since_change(eve: Eve, context: Row, form: Row) -> int | None:
    if not form:
        return None
    is_long_ago = eve.day - form["game_date"] > LONG_GAP
    is_elsewhere = form["team_abbr"] != context["team_abbr"]
    return 0 if is_long_ago or is_elsewhere else form["games_since_structural_change"]
