"""How each team stood after each of its games: the only rolling windows over team games."""

from processors.columns import Column, count, day, integer, real, share, text
from processors.contract import (
    Canary,
    Contract,
    Cutoff,
    GamePresence,
    Input,
    Layer,
)
from processors.window import SEASON_THROUGH

ZONES = ("paint", "mid_range", "three_pt")


def _zones_allowed(window: str, phrase: str) -> tuple[Column, ...]:
    return tuple(
        count(
            f"{zone}_{what}_allowed_sum_{window}",
            f"Opponents' {zone} {what}, summed over {phrase} with shots; NULL where none has.",
        )
        for zone in ZONES
        for what in ("attempts", "makes")
    )


CONTRACT = Contract(
    table="nba_analytics.team_form",
    description=(
        "The state after that game: this season's games of the team up to and including it, of all"
        " counted phases. A window of N games is the latest N of them, or all while there are"
        " fewer; a game where a value is unknown is left out of that value's sum."
    ),
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.AFTER_GAME,
    key=("game_date", "team_abbr"),
    date_column="game_date",
    presence=GamePresence(team_column="team_abbr", rows_per_team=1),
    inputs=(
        Input(table="nba_analytics.team_offense_game_summary", window=SEASON_THROUGH),
        Input(table="nba_analytics.team_defense_game_summary", window=SEASON_THROUGH),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("team_abbr", "The team.", nullable=False),
        text("game_id", "The game.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        integer(
            "games_played_season",
            "The game's number among the team's games of the season, from 1.",
            minimum=1,
            nullable=False,
        ),
        day("previous_game_date", "The team's game before this one; NULL on its first."),
        count("wins_season", "Games won this season, this one included."),
        count("games_decided_season", "Games of the season whose winner is known."),
        share("win_pct_season", "wins_season / games_decided_season."),
        count(
            "win_streak",
            "Games won in a row up to this one; 0 after a loss; NULL where its winner is unknown."
            " A game whose winner is unknown ends no streak and counts in none.",
        ),
        count("loss_streak", "Games lost in a row, by the same rule."),
        count(
            "rated_points_sum_last_10",
            "Points of the games of the last 10 whose possessions are known.",
            unit="points",
        ),
        count(
            "possessions_x100_sum_last_10",
            "100 x possessions of the same games.",
            unit="possessions x 100",
        ),
        real(
            "offensive_rating_last_10",
            "100 x sum of points / sum of possessions over the same games.",
            unit="points per 100 possessions",
        ),
        count("pace_micros_sum_last_10", "10^6 x pace, summed.", unit="pace x 10^6"),
        count("pace_games_last_10", "Games of the last 10 whose pace is known."),
        real("pace_last_10", "Mean pace of those games.", unit="possessions per 48 minutes"),
        count("pace_micros_sum_season", "10^6 x pace, season to date.", unit="pace x 10^6"),
        count("pace_games_season", "Games of the season whose pace is known."),
        count("games_last_15", "Games in the window of 15.", unit="games"),
        count("points_allowed_sum_last_15", "Points allowed, last 15.", unit="points"),
        real(
            "opponent_points_per_game_last_15",
            "Mean of points allowed over the games of the last 15 where they are known.",
            unit="points",
        ),
        count(
            "rated_points_allowed_sum_last_15",
            "Points allowed in the games of the last 15 where the opponent's possessions are known",
            unit="points",
        ),
        count(
            "opponent_possessions_x100_sum_last_15",
            "100 x the opponents' possessions in the same games.",
            unit="possessions x 100",
        ),
        real(
            "defensive_rating_last_15",
            "100 x sum of points allowed / sum of opponents' possessions over the same games.",
            unit="points per 100 possessions",
        ),
        count("opponent_pace_micros_sum_last_15", "10^6 x opponents' pace.", unit="pace x 10^6"),
        count("opponent_pace_games_last_15", "Games of the last 15 whose opponent's pace is known"),
        real(
            "opponent_pace_last_15",
            "Mean of the opponents' pace over those games.",
            unit="possessions per 48 minutes",
        ),
        count("shot_games_last_15", "Games of the last 15 with shots.", unit="games"),
        *_zones_allowed("last_15", "the games of the last 15"),
        count("shot_games_season", "Games of the season with shots.", unit="games"),
        *_zones_allowed("season", "the games of the season"),
    ),
    expected="""
        SELECT game_date, team_abbr, CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_analytics.team_offense_game_summary`
        WHERE game_date >= @start_date AND game_date <= @end_date
    """,
    canaries=(Canary(column="points_allowed_sum_last_15", minimum_rows=8),),
)
