"""How each team has defended each zone lately, against the league."""

from processors.columns import Column, count, day, real, share, text
from processors.contract import Canary, Contract, Cutoff, Input, Layer
from processors.precompute.quality import EARLY_ONLY, quality
from processors.window import ON_THE_DAY, SEASON_BEFORE, days_before

ZONES = ("paint", "mid_range", "three_pt")


def _zone(zone: str) -> tuple[Column, ...]:
    return (
        share(
            f"{zone}_pct_allowed_last_15",
            f"Opponents' {zone} makes / attempts over the games with shots of its last 15 of the"
            " season; NULL with fewer than 5 such games.",
        ),
        real(
            f"{zone}_attempts_allowed_per_game",
            "Attempts a game over the same games; NULL with fewer than 5.",
            unit="attempts",
            minimum=0,
        ),
        real(
            f"{zone}_points_allowed_per_game",
            "Points a game from the zone over the same games; NULL with fewer than 5.",
            unit="points",
            minimum=0,
        ),
        share(
            f"{zone}_pct_league",
            f"The league's: each team's {zone} makes / attempts allowed over its games with shots"
            " in [D-30 days, D) of this season, rounded to 6 digits, of teams with at least 5 such"
            " games; the mean over these teams. With fewer than 20 such teams the same over the"
            " season to date; NULL where that has no team.",
        ),
        real(
            f"{zone}_defense_vs_league_avg",
            "(the team's share, rounded to 6 digits - the league's mean) x 100; positive = worse"
            " defence.",
            unit="percentage points",
        ),
    )


CONTRACT = Contract(
    table="nba_precompute.team_defense_zone_analysis",
    description=(
        "On each date with games one row a team that has played at least 5 games of the season"
        " before it."
    ),
    layer=Layer.PRECOMPUTE,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("analysis_date", "team_abbr"),
    date_column="analysis_date",
    inputs=(
        Input(table="nba_analytics.team_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.team_form", window=SEASON_BEFORE),
        Input(table="nba_analytics.team_defense_game_summary", window=days_before(30)),
    ),
    columns=(
        day("analysis_date", "The date to be predicted.", nullable=False),
        text("team_abbr", "The team.", nullable=False),
        *quality(
            window=15,
            sample="Games in the window: its last 15 of the season, or all while there are fewer.",
            tier="By games_in_sample: >= 15 high, >= 10 medium, else low.",
        ),
        count("shot_games_in_sample", "Of these, games with shots.", unit="games", nullable=False),
        *(column for zone in ZONES for column in _zone(zone)),
        real(
            "defensive_rating_last_15",
            "team_form's after its latest game.",
            unit="points per 100 possessions",
        ),
        real("opponent_points_per_game", "team_form's over the last 15.", unit="points"),
        real("opponent_pace", "team_form's over the last 15.", unit="possessions per 48 minutes"),
        text(
            "strongest_zone",
            "The zone with the smallest vs-league value; the three-point zone is called perimeter;"
            " of equal ones the first of paint, mid_range, perimeter. NULL where any is NULL.",
            one_of=("paint", "mid_range", "perimeter"),
        ),
        text(
            "weakest_zone",
            "The zone with the largest, by the same rule.",
            one_of=("paint", "mid_range", "perimeter"),
        ),
    ),
    expected="""
        SELECT latest.analysis_date, latest.team_abbr,
          IF(COALESCE(form.games_played_season >= 5, FALSE), NULL, 'fewer_than_5_games')
            AS left_out_reason
        FROM `nba_analytics.team_asof` AS latest
        LEFT JOIN `nba_analytics.team_form` AS form
          ON form.game_date = latest.last_game_date AND form.team_abbr = latest.team_abbr
          AND form.game_date >= @history_start AND form.game_date < @end_date
        WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
    """,
    canaries=(
        Canary(column="defensive_rating_last_15"),
        Canary(column="paint_defense_vs_league_avg"),
        Canary(column="paint_pct_allowed_last_15"),
    ),
    tolerances=(EARLY_ONLY,),
)
