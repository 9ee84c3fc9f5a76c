"""What is known of each team before the game it is to play."""

from processors.columns import Column, count, day, flag, instant, integer, real, text
from processors.contract import Canary, Contract, Cutoff, Finding, Input, Layer, Tolerance
from processors.window import ON_THE_DAY, SEASON_BEFORE, days_before


def _line(what: str, sentence: str) -> tuple[Column, ...]:
    return (
        real(
            f"game_{what}",
            f"{sentence} The latest before tip-off of the first hit in the cascade of player_lines"
            f" (there described), over the snapshots that hold a {what}.",
            unit="points",
            digits=2,
        ),
        real(f"opening_{what}", "The cascade's opening value.", unit="points", digits=2),
        real(f"{what}_movement", "Current - opening.", unit="points", digits=2),
        text(f"{what}_provider", "Whose snapshot won; `median` for the last step."),
        text(f"{what}_bookmaker", "Whose line won; `median` for the last step."),
        instant(f"{what}_captured_at", "When it was seen, UTC."),
    )


CONTRACT = Contract(
    table="nba_analytics.upcoming_team_game_context",
    description="One row a team of the date's slate (counted phases, boxscore_expected).",
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("game_date", "team_abbr"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_raw.odds_game_lines", window=ON_THE_DAY, required=False),
        Input(table="nba_raw.injury_report", window=ON_THE_DAY, required=False),
        Input(table="nba_analytics.team_offense_game_summary", window=days_before(14)),
        Input(table="nba_analytics.team_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.team_form", window=SEASON_BEFORE),
        Input(table="nba_analytics.player_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.player_form", window=SEASON_BEFORE),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("team_abbr", "The team.", nullable=False),
        text("game_id", "The game.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        text("season_phase", "regular, play_in or playoffs.", nullable=False),
        text("opponent_team_abbr", "The other team.", nullable=False),
        flag("is_home", "Whether the team is at home.", nullable=False),
        count(
            "team_days_rest",
            "Full days off since its latest game of this season: 0 = back-to-back; NULL before its"
            " first.",
            unit="days",
        ),
        count(
            "games_in_last_7_days",
            "Its games of this season in [D-7, D).",
            unit="games",
            nullable=False,
        ),
        count(
            "games_in_last_14_days",
            "Its games of this season in [D-14, D).",
            unit="games",
            nullable=False,
        ),
        count("win_streak", "team_form's, after its latest game; NULL before its first."),
        count("loss_streak", "team_form's, after its latest game; NULL before its first."),
        *_line("spread", "The team's own signed spread: negative = favoured."),
        *_line("total", "Points of both teams together."),
        count(
            "starters_out_count",
            "Starters whose latest report for this game before tip-off says out or doubtful. A"
            " starter started at least 3 of the team's last 5 games, and his own latest game (this"
            " season) was for the team. NULL where the game has no report before tip-off, where"
            " the team has played fewer than 5 games, or where it is unknown of any of its players"
            " (his team_starts_mask is NULL and his latest game is one of the team's last 5).",
            unit="players",
        ),
    ),
    expected="""
        SELECT game_date, home_team AS team_abbr, CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_raw.schedule`
        WHERE game_date >= @start_date AND game_date <= @end_date
          AND boxscore_expected AND season_phase IN ('regular', 'play_in', 'playoffs')
        UNION ALL
        SELECT game_date, away_team AS team_abbr, CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_raw.schedule`
        WHERE game_date >= @start_date AND game_date <= @end_date
          AND boxscore_expected AND season_phase IN ('regular', 'play_in', 'playoffs')
    """,
    findings=(
        Finding(name="no_spread", counts_when="game_spread IS NULL"),
        Finding(name="no_total", counts_when="game_total IS NULL"),
        Finding(name="starters_unknown", counts_when="starters_out_count IS NULL"),
    ),
    canaries=(Canary(column="game_spread", minimum_rows=8), Canary(column="is_home")),
    tolerances=(
        Tolerance(
            columns=("spread_bookmaker", "total_bookmaker"),
            one_value_share=1,
            why="the preferred bookmaker may have priced every game",
        ),
        Tolerance(
            columns=("starters_out_count",),
            null_share=0.5,
            why="NULL in the team's first games and without a report",
        ),
    ),
)
