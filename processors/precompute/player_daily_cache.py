"""Averages of each player who is expected on the date."""

from processors.columns import count, day, integer, real, share, text
from processors.contract import Canary, Contract, Cutoff, Input, Layer
from processors.precompute.quality import EARLY_ONLY, quality
from processors.window import ON_THE_DAY, SEASON_BEFORE

CONTRACT = Contract(
    table="nba_precompute.player_daily_cache",
    description=(
        "One row a player of upcoming_player_game_context who has played at least 3 games of the"
        " season before the date. Averages count played games only."
    ),
    layer=Layer.PRECOMPUTE,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("analysis_date", "player_lookup"),
    date_column="analysis_date",
    inputs=(
        Input(table="nba_analytics.upcoming_player_game_context", window=ON_THE_DAY),
        Input(table="nba_analytics.player_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.player_form", window=SEASON_BEFORE),
        Input(table="nba_analytics.team_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.team_form", window=SEASON_BEFORE),
        Input(table="nba_precompute.player_shot_zone_analysis", window=ON_THE_DAY),
    ),
    columns=(
        day("analysis_date", "The date to be predicted.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("game_id", "The game.", nullable=False),
        text("team_abbr", "His team on the date.", nullable=False),
        *quality(
            window=10,
            sample="Games of the season he has played, at most 10.",
            tier="By games_in_sample: >= 10 high, >= 5 medium, else low.",
        ),
        real("points_avg_last_5", "player_form's after his latest game.", unit="points"),
        real("points_avg_last_10", "player_form's.", unit="points"),
        real("points_avg_season", "player_form's.", unit="points"),
        real("points_std_last_10", "player_form's, sample deviation.", unit="points", minimum=0),
        real("minutes_avg_last_10", "player_form's.", unit="minutes"),
        real("usage_rate_last_10", "player_form's.", unit="rate"),
        share("ts_pct_last_10", "player_form's.", maximum=2),
        count("games_played_season", "player_form's.", unit="games", nullable=False),
        real("player_usage_rate_season", "player_form's usage_rate_season.", unit="rate"),
        real(
            "team_pace_last_10",
            "team_form's pace_last_10 of the team he is to play for, after its latest game.",
            unit="possessions per 48 minutes",
        ),
        real(
            "team_off_rating_last_10",
            "team_form's offensive_rating_last_10 of the same team.",
            unit="points per 100 possessions",
        ),
        count("games_in_last_7_days", "The context's.", unit="games", nullable=False),
        count("games_in_last_14_days", "The context's.", unit="games", nullable=False),
        real("minutes_in_last_7_days", "The context's.", unit="minutes", digits=4),
        real("minutes_in_last_14_days", "The context's.", unit="minutes", digits=4),
        count("back_to_backs_last_14_days", "The context's.", unit="games", nullable=False),
        text("primary_scoring_zone", "player_shot_zone_analysis'."),
        real("paint_rate_last_10", "player_shot_zone_analysis'.", unit="rate"),
        real("three_pt_rate_last_10", "player_shot_zone_analysis'.", unit="rate"),
        real("assisted_rate_last_10", "player_shot_zone_analysis'.", unit="rate"),
        integer("player_age", "The context's.", unit="years"),
    ),
    expected="""
        SELECT player.game_date AS analysis_date, player.player_lookup,
          IF(COALESCE(form.games_played_season >= 3, FALSE), NULL, 'fewer_than_3_games')
            AS left_out_reason
        FROM `nba_analytics.upcoming_player_game_context` AS player
        LEFT JOIN `nba_analytics.player_asof` AS latest
          ON latest.analysis_date = player.game_date
          AND latest.player_lookup = player.player_lookup
          AND latest.season_year = player.season_year
          AND latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
        LEFT JOIN `nba_analytics.player_form` AS form
          ON form.game_date = latest.last_game_date AND form.player_lookup = latest.player_lookup
          AND form.game_date >= @history_start AND form.game_date < @end_date
        WHERE player.game_date >= @start_date AND player.game_date <= @end_date
    """,
    canaries=(Canary(column="points_avg_last_10"), Canary(column="team_pace_last_10")),
    tolerances=(EARLY_ONLY,),
)
