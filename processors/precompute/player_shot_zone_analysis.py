"""Where each player's shots come from, and how often they fall."""

from processors.columns import Column, count, day, real, share, text
from processors.contract import Canary, Contract, Cutoff, Input, Layer, RowCheck
from processors.precompute.quality import EARLY_ONLY, quality
from processors.window import ON_THE_DAY, SEASON_BEFORE

ZONES = ("paint", "mid_range", "three_pt")
WINDOW = (
    "his latest 10 games of the season with shots known (has_shots), or all while there are fewer"
)


def _rate(name: str, sentence: str) -> Column:
    return real(name, sentence, unit="rate", minimum=0, maximum=100)


CONTRACT = Contract(
    table="nba_precompute.player_shot_zone_analysis",
    description=(
        "On each date with games one row a player of the league who has played at least 3 games of"
        " the season before it, the latest of them in the last 60 days. Both sides of every ratio"
        " come from the shots table; shots are those of the three zones, backcourt is none."
    ),
    layer=Layer.PRECOMPUTE,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("analysis_date", "player_lookup"),
    date_column="analysis_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_analytics.player_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.player_form", window=SEASON_BEFORE),
    ),
    columns=(
        day("analysis_date", "The date to be predicted.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("team_abbr", "His team in his latest game.", nullable=False),
        *quality(
            window=10,
            sample=f"Games in the window of 10: {WINDOW}.",
            tier="By games_in_sample: >= 10 high, >= 5 medium, else low.",
        ),
        *(
            _rate(f"{zone}_rate_last_10", f"100 x {zone} shots / all shots over the window.")
            for zone in ZONES
        ),
        *(
            share(f"{zone}_pct_last_10", f"{zone} makes / {zone} shots over the window.")
            for zone in ZONES
        ),
        *(
            real(
                f"{zone}_attempts_per_game",
                f"{zone} shots a game of the window.",
                unit="attempts",
                minimum=0,
            )
            for zone in ZONES
        ),
        _rate("paint_rate_last_20", "100 x paint shots / all shots over the window of 20."),
        share("paint_pct_last_20", "Paint makes / paint shots over the window of 20."),
        count("total_shots_last_10", "All shots over the window; NULL without a game in it."),
        _rate(
            "assisted_rate_last_10",
            "100 x assisted makes / makes over the window; NULL where assists are unknown.",
        ),
        _rate("unassisted_rate_last_10", "100 - assisted_rate_last_10."),
        text(
            "primary_scoring_zone",
            "By the rates of the window: paint >= 40 paint; else three >= 40 perimeter; else mid >="
            " 35 mid_range; else balanced; NULL without a shot.",
            one_of=("paint", "perimeter", "mid_range", "balanced"),
        ),
        text(
            "sample_quality_10",
            "By games in the window: >= 10 excellent, >= 7 good, >= 5 limited, else insufficient.",
            nullable=False,
            one_of=("excellent", "good", "limited", "insufficient"),
        ),
        text(
            "sample_quality_20",
            "The same of the window of 20: >= 20, >= 14, >= 10.",
            nullable=False,
            one_of=("excellent", "good", "limited", "insufficient"),
        ),
    ),
    expected="""
        SELECT latest.analysis_date, latest.player_lookup,
          CASE
            WHEN form.games_played_season IS NULL OR form.games_played_season < 3
              THEN 'fewer_than_3_games'
            WHEN latest.last_game_date < DATE_SUB(latest.analysis_date, INTERVAL 60 DAY)
              THEN 'no_game_in_60_days'
          END AS left_out_reason
        FROM `nba_analytics.player_asof` AS latest
        JOIN (
          SELECT DISTINCT game_date, season_year
          FROM `nba_raw.schedule`
          WHERE game_date >= @start_date AND game_date <= @end_date
            AND boxscore_expected AND season_phase IN ('regular', 'play_in', 'playoffs')
        ) AS slate ON slate.game_date = latest.analysis_date
        LEFT JOIN `nba_analytics.player_form` AS form
          ON form.game_date = latest.last_game_date AND form.player_lookup = latest.player_lookup
          AND form.season_year = slate.season_year
          AND form.game_date >= @history_start AND form.game_date < @end_date
        WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
          AND latest.season_year = slate.season_year
    """,
    row_checks=(
        RowCheck(
            name="rates_do_not_add_up",
            bad_when=(
                "ABS(paint_rate_last_10 + mid_range_rate_last_10 + three_pt_rate_last_10 - 100)"
                " > 0.001"
            ),
        ),
    ),
    canaries=(Canary(column="paint_rate_last_10"), Canary(column="primary_scoring_zone")),
    tolerances=(EARLY_ONLY,),
)
