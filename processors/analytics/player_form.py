"""How each player stood after each game he played: the only rolling windows over his games."""

from processors.columns import Column, count, day, integer, real, share, text
from processors.contract import (
    Canary,
    Contract,
    Cutoff,
    GamePresence,
    Input,
    Layer,
    Tolerance,
)
from processors.window import SEASON_THROUGH


def _zone_sums(games: int) -> tuple[Column, ...]:
    return tuple(
        count(
            f"{zone}_{what}_last_{games}",
            f"{zone} {what}, summed over those games; NULL where there is none.",
        )
        for zone in ("paint", "mid_range", "three_pt")
        for what in ("attempts", "makes")
    )


CONTRACT = Contract(
    table="nba_analytics.player_form",
    description=(
        "The state after that game: the games he played this season up to and including it, of all"
        " counted phases, DNPs left out. A window of N games is the latest N of them, or all while"
        " there are fewer. A game where a value is unknown is left out of that value's sum and"
        " count; a sum over no known value is NULL."
    ),
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.AFTER_GAME,
    key=("game_date", "player_lookup"),
    date_column="game_date",
    presence=GamePresence(team_column="team_abbr", rows_per_team=5),
    inputs=(
        Input(table="nba_analytics.player_game_summary", window=SEASON_THROUGH),
        Input(table="nba_analytics.team_form", window=SEASON_THROUGH),
        Input(table="nba_analytics.player_lines", window=SEASON_THROUGH, required=False),
    ),
    columns=(
        day("game_date", "Eastern date of the game he played.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("game_id", "The game.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        text("team_abbr", "His team in that game.", nullable=False),
        integer(
            "games_played_season",
            "The game's number among those he played this season, from 1.",
            minimum=1,
            nullable=False,
        ),
        day("previous_game_date", "The game he played before this one this season; NULL on 1."),
        integer(
            "team_game_number",
            "The game's number among his team's games of the season (team_form).",
            minimum=1,
        ),
        integer(
            "stint_first_team_game_number",
            "team_game_number of the first game he played in this stint: the games in a row (of"
            " those he played this season) for one team.",
            minimum=1,
        ),
        count(
            "team_games_played_mask",
            "Bit i (value 2^i), i = 0-9: in this stint he played his team's game number"
            " team_game_number - i. Bit 0 is always set.",
            unit="bits",
        ),
        count(
            "team_starts_mask",
            "Bit i, i = 0-4: in this stint he started that game; NULL where it is unknown for any"
            " of those he played of the five.",
            unit="bits",
        ),
        count("points_sum_last_2", "Points, last 2.", unit="points"),
        count("points_sum_last_3", "Points, last 3.", unit="points"),
        count("points_sum_last_5", "Points, last 5.", unit="points"),
        count("points_sum_last_10", "Points, last 10.", unit="points"),
        count("points_sum_season", "Points, season to date.", unit="points"),
        count("points_squares_sum_last_10", "Squares of points, last 10.", unit="points squared"),
        real("points_avg_last_3", "Mean, last 3.", unit="points"),
        real("points_avg_last_5", "Mean, last 5.", unit="points"),
        real("points_avg_last_10", "Mean, last 10.", unit="points"),
        real("points_avg_season", "Mean, season to date.", unit="points"),
        real(
            "points_std_last_10",
            "Sample deviation, last 10; NULL with one game.",
            unit="points",
            minimum=0,
        ),
        real(
            "points_slope_last_10",
            "Least-squares slope over the last 10, oldest to newest (x = 0, 1, 2, …); NULL with"
            " fewer than 5 games.",
            unit="points per game",
        ),
        real(
            "points_slope_last_7",
            "The same over the last 7; NULL with fewer than 4 games.",
            unit="points per game",
        ),
        count("seconds_sum_last_10", "Seconds, last 10.", unit="seconds"),
        count("minutes_games_last_10", "Games of the last 10 whose minutes are known."),
        real("minutes_avg_last_10", "Mean over those games.", unit="minutes"),
        count("seconds_sum_season", "Seconds, season to date.", unit="seconds"),
        count("minutes_games_season", "Games of the season whose minutes are known."),
        real("minutes_avg_season", "Mean over those games.", unit="minutes"),
        real(
            "ppm_avg_last_10",
            "Sum of points / sum of minutes over the games of the last 10 whose minutes are known.",
            unit="points per minute",
        ),
        count("usage_micros_sum_last_5", "10^6 x usage_rate, last 5.", unit="rate x 10^6"),
        count("usage_games_last_5", "Games of the last 5 whose usage is known."),
        real("usage_rate_last_5", "Mean of the games' usage rates.", unit="rate"),
        count("usage_micros_sum_last_10", "10^6 x usage_rate, last 10.", unit="rate x 10^6"),
        count("usage_games_last_10", "Games of the last 10 whose usage is known."),
        real("usage_rate_last_10", "Mean of the games' usage rates.", unit="rate"),
        count("usage_micros_sum_season", "10^6 x usage_rate, season.", unit="rate x 10^6"),
        count("usage_games_season", "Games of the season whose usage is known."),
        real("usage_rate_season", "Mean of the games' usage rates.", unit="rate"),
        count(
            "shooting_points_sum_last_10",
            "Points in the games of the last 10 whose FGA and FTA are known.",
            unit="points",
        ),
        count(
            "shooting_attempts_x100_sum_last_10",
            "100 FGA + 44 FTA in the same games.",
            unit="attempts x 100",
        ),
        share(
            "ts_pct_last_10",
            "Sum of points / (2 x sum of (FGA + 0.44 FTA)) over the same games.",
            maximum=2,
        ),
        count(
            "ft_made_sum_last_10",
            "Free throws made over the games of the last 10 where they are known.",
        ),
        count(
            "shot_games_last_10",
            "His latest games this season with shots known (has_shots), at most 10: a window of"
            " its own, games without shots are passed over.",
            unit="games",
        ),
        *_zone_sums(10),
        count(
            "assisted_fg_makes_last_10",
            "Assisted makes over those 10; NULL where unknown for any of them.",
        ),
        count("shot_games_last_20", "The same, at most 20.", unit="games"),
        *_zone_sums(20),
        count(
            "prop_over_streak",
            "His decided games in a row, up to this one, with points above that game's own"
            " current_points_line (player_lines); 0 where the latest decided was under. A push and"
            " a game without a line are passed over. NULL with no decided game this season.",
            unit="games",
        ),
        count("prop_under_streak", "The same below the line.", unit="games"),
        integer(
            "games_since_structural_change",
            "Games he played since the latest change, the first after it counted as 1: a change is"
            " the season's first game, the first for another team than the game before, or one"
            " more than 14 days after it. At most 30.",
            unit="games",
            minimum=1,
            maximum=30,
        ),
    ),
    expected="""
        SELECT game_date, player_lookup, CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_analytics.player_game_summary`
        WHERE game_date >= @start_date AND game_date <= @end_date AND NOT is_dnp
    """,
    canaries=(Canary(column="points_sum_season"),),
    tolerances=(
        Tolerance(
            columns=("points_slope_last_7", "points_slope_last_10"),
            null_share=0.45,
            why="NULL in a player's first games",
        ),
    ),
)
