"""Who is expected to play on D, and what is known of him before tip-off."""

from processors.columns import count, day, flag, instant, integer, real, text
from processors.contract import Canary, Contract, Cutoff, Finding, Input, Layer, Tolerance
from processors.window import ALWAYS, ON_THE_DAY, SEASON_BEFORE, SEASON_THROUGH, days_before

CONTRACT = Contract(
    table="nba_analytics.upcoming_player_game_context",
    description=(
        "One row a player expected on the date by what was known before tip-off: those whose latest"
        " game in the last 60 days (in a season's days 0-20 also: of the last season, however long"
        " ago) was for one of the two teams, and those with a row in player_lines. Never the box"
        " score of the date."
    ),
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("game_date", "player_lookup"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.schedule", window=SEASON_THROUGH),
        Input(table="nba_raw.injury_report", window=ON_THE_DAY, required=False),
        Input(table="nba_raw.players", window=ALWAYS, required=False),
        Input(table="nba_analytics.player_lines", window=ON_THE_DAY, required=False),
        Input(table="nba_analytics.player_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.player_form", window=SEASON_BEFORE),
        Input(table="nba_analytics.player_game_summary", window=days_before(14)),
        Input(table="nba_analytics.upcoming_team_game_context", window=ON_THE_DAY),
        Input(table="nba_analytics.team_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.team_form", window=SEASON_BEFORE),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text(
            "game_id",
            "The game: his line's, else that of the team of his latest game. Of lines in two games"
            " that of the later capture counts, then the smaller game_id.",
            nullable=False,
        ),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        text("season_phase", "regular, play_in or playoffs.", nullable=False),
        text(
            "team_abbr",
            "With a line: the line's team where it is one of the game's two, else that of his"
            " latest game (player_asof, of any age) where it is one of the two, else he is left out"
            " as team_unknown. Without a line: the team of his latest game.",
            nullable=False,
        ),
        text("opponent_team_abbr", "The other team.", nullable=False),
        flag("is_home", "Whether his team is at home.", nullable=False),
        text(
            "roster_source",
            "`latest_game`, `line`, or `both` where the two name the same team.",
            nullable=False,
            one_of=("latest_game", "line", "both"),
        ),
        text(
            "player_status",
            "His status in the latest report for this game before tip-off (equal times: the"
            " alphabetically first); NULL where no report names him.",
        ),
        instant("injury_report_at", "When that report came out, UTC."),
        count(
            "days_rest",
            "Full days off since the latest game he played this season: 0 = back-to-back; NULL"
            " before his season's first.",
            unit="days",
        ),
        flag("back_to_back", "Whether he played the day before.", nullable=False),
        count(
            "games_in_last_7_days",
            "Games he played this season in [D-7, D).",
            unit="games",
            nullable=False,
        ),
        count(
            "games_in_last_14_days",
            "Games he played this season in [D-14, D).",
            unit="games",
            nullable=False,
        ),
        real(
            "minutes_in_last_7_days",
            "Minutes of those games of 7 days; 0 without a game; NULL where any is unknown.",
            unit="minutes",
            digits=4,
            minimum=0,
        ),
        real(
            "minutes_in_last_14_days",
            "The same of 14 days.",
            unit="minutes",
            digits=4,
            minimum=0,
        ),
        real(
            "avg_minutes_per_game_last_7",
            "minutes_in_last_7_days / games_in_last_7_days; NULL without a game.",
            unit="minutes",
            digits=4,
            minimum=0,
        ),
        count(
            "back_to_backs_last_14_days",
            "Games he played this season in [D-14, D) with one played the day before.",
            unit="games",
            nullable=False,
        ),
        real("current_points_line", "player_lines'.", unit="points", digits=2),
        real("opening_points_line", "player_lines'.", unit="points", digits=2),
        real("line_movement", "player_lines'.", unit="points", digits=2),
        text("points_line_provider", "player_lines'."),
        text("points_line_bookmaker", "player_lines'."),
        instant("points_line_captured_at", "player_lines'."),
        flag("has_prop_line", "Whether player_lines has him in this game.", nullable=False),
        real("game_spread", "His team's own signed spread.", unit="points", digits=2),
        real("game_total", "Points of both teams together.", unit="points", digits=2),
        count(
            "star_teammates_out",
            "Players of his team in this table on this date, himself not counted, who are stars and"
            " whose player_status is out or doubtful. Star: this season games played >= 10 and"
            " (points_avg_last_10 >= 18, or minutes_avg_last_10 >= 28 and points_avg_last_10 >="
            " 12). NULL where the game has no report before tip-off, or his team has not played 10"
            " games this season.",
            unit="players",
        ),
        real(
            "projected_usage_rate",
            "usage_rate_last_5 after his latest game of this season (player_form).",
            unit="rate",
        ),
        integer(
            "player_age",
            "Full years on the date; NULL where the birth date is unknown.",
            unit="years",
            minimum=15,
            maximum=60,
        ),
    ),
    expected="""
        WITH slate AS (
          SELECT game_date, team_abbr, game_id
          FROM `nba_analytics.upcoming_team_game_context`
          WHERE game_date >= @start_date AND game_date <= @end_date
        ),
        lines AS (
          SELECT line.game_date, line.player_lookup,
            LOGICAL_OR(COALESCE(slate.team_abbr = line.team_abbr, FALSE)
              OR COALESCE(slate.team_abbr = latest.team_abbr, FALSE)) AS placed
          FROM `nba_analytics.player_lines` AS line
          JOIN slate ON slate.game_date = line.game_date AND slate.game_id = line.game_id
          LEFT JOIN `nba_analytics.player_asof` AS latest
            ON latest.analysis_date = line.game_date AND latest.player_lookup = line.player_lookup
            AND latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
          WHERE line.game_date >= @start_date AND line.game_date <= @end_date
          GROUP BY line.game_date, line.player_lookup
        ),
        rosters AS (
          SELECT latest.analysis_date AS game_date, latest.player_lookup
          FROM `nba_analytics.player_asof` AS latest
          JOIN slate
            ON slate.game_date = latest.analysis_date AND slate.team_abbr = latest.team_abbr
          WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
            AND latest.last_game_date >= DATE_SUB(latest.analysis_date, INTERVAL 60 DAY)
        )
        SELECT lines.game_date, lines.player_lookup,
          IF(lines.placed, NULL, 'team_unknown') AS left_out_reason
        FROM lines
        UNION ALL
        SELECT rosters.game_date, rosters.player_lookup, CAST(NULL AS STRING) AS left_out_reason
        FROM rosters
        LEFT JOIN lines
          ON lines.game_date = rosters.game_date AND lines.player_lookup = rosters.player_lookup
        WHERE lines.player_lookup IS NULL
    """,
    findings=(
        Finding(name="no_line", counts_when="NOT has_prop_line"),
        Finding(name="no_report", counts_when="player_status IS NULL"),
        Finding(name="age_unknown", counts_when="player_age IS NULL"),
    ),
    canaries=(
        Canary(column="is_home"),
        Canary(column="projected_usage_rate", minimum_rows=60),
    ),
    tolerances=(
        Tolerance(
            columns=("player_status", "injury_report_at"),
            null_share=0.95,
            why="NULL of the healthy",
        ),
        Tolerance(
            columns=(
                "current_points_line",
                "opening_points_line",
                "line_movement",
                "points_line_provider",
                "points_line_captured_at",
            ),
            null_share=0.6,
            why="not everyone is priced",
        ),
        Tolerance(
            columns=("points_line_bookmaker",),
            null_share=0.6,
            one_value_share=1,
            why="not everyone is priced; the preferred bookmaker may have priced all who are",
        ),
        Tolerance(
            columns=("days_rest", "avg_minutes_per_game_last_7", "projected_usage_rate"),
            null_share=0.35,
            why="NULL of those who have not played lately",
        ),
        Tolerance(
            columns=("star_teammates_out",),
            null_share=0.8,
            why="NULL in the team's first 10 games and without a report",
        ),
    ),
)
