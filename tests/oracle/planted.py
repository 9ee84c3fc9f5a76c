"""Errors that people make, as edits of the statements: each must make the oracle disagree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Dates = tuple[date, date]

OPENING: Dates = (date(2025, 10, 21), date(2025, 10, 27))
"""The season's first week: teams without a game before it."""
NOVEMBER: Dates = (date(2025, 11, 10), date(2025, 11, 30))
"""Most of the sample league's traps lie here, such as a line seen at tip-off to the second."""
MIDSEASON: Dates = (date(2026, 1, 12), date(2026, 2, 1))
"""Every window is full, the 60 days included."""


@dataclass(frozen=True)
class Planted:
    """One edit of a statement's text, and dates on which it shows."""

    name: str
    old: str
    new: str
    dates: Dates = MIDSEASON
    times: int = 1

    def edited(self, text: str) -> str:
        """The text with the error in it; refused where the old words don't stand as expected."""
        found = text.count(self.old)
        assert found == self.times, f"{self.old!r} stands {found} times, not {self.times}"
        return text.replace(self.old, self.new)


PLANTED: dict[str, tuple[Planted, ...]] = {
    "player_game_summary": (
        Planted(
            "four players on the court",
            "5 * appearances.seconds_played",
            "4 * appearances.seconds_played",
        ),
        Planted(
            "share of the other team's plays",
            "team_totals.team = appearances.team",
            "team_totals.team = appearances.opponent",
        ),
        Planted("who took no shot is lost", "LEFT JOIN shots", "JOIN shots"),
        Planted("corner threes forgotten", "WHEN 'corner_three' THEN 'three_pt'", ""),
        Planted("DNPs in the team's sums", "WHERE NOT is_dnp", "WHERE TRUE"),
        Planted(
            "zero seconds are playing",
            "clocks.seconds_played > 0",
            "clocks.seconds_played >= 0",
            NOVEMBER,
        ),
    ),
    "team_offense_game_summary": (
        Planted("all rebounds", "- 100 * offensive_rebounds,", "- 100 * rebounds,"),
        Planted(
            "the other is the team itself",
            "other.team_abbr = sides.opponent_team_abbr",
            "other.team_abbr = sides.team_abbr",
        ),
        Planted(
            "overtime of four minutes",
            "48 + 5 * sides.overtime_periods",
            "48 + 4 * sides.overtime_periods",
        ),
        Planted("either team measured", " AND measured.team_abbr = totals.team_abbr", ""),
        Planted(
            "overtime by the schedule alone",
            "COALESCE(games.overtime_periods, measured.overtimes_by_the_clock)",
            "games.overtime_periods",
            NOVEMBER,
        ),
        Planted(
            "more rebounds estimated",
            "- 23 * (fg_attempted - fg_made)",
            "- 24 * (fg_attempted - fg_made)",
            NOVEMBER,
        ),
    ),
    "team_defense_game_summary": (
        Planted("the opponent's blocks", "own.blocks", "opponent.blocks"),
        Planted("own turnovers", "opponent.turnovers", "own.turnovers"),
        Planted(
            "against itself",
            "opponent.team_abbr = own.opponent_team_abbr",
            "opponent.team_abbr = own.team_abbr",
        ),
        Planted("against either", " AND opponent.team_abbr = own.opponent_team_abbr", ""),
        Planted("threes for field goals", "opponent.fg_made AS", "opponent.fg3_made AS"),
    ),
    "player_lines": (
        Planted(
            "a line at tip-off",
            "odds.captured_at < games.tipoff_at",
            "odds.captured_at <= games.tipoff_at",
            NOVEMBER,
        ),
        Planted(
            "lines after tip-off",
            "odds.captured_at < games.tipoff_at",
            "odds.captured_at IS NOT NULL",
        ),
        Planted(
            "two steps of the cascade exchanged",
            "IF(provider = 'bettingpros', 2, 1)",
            "IF(provider = 'bettingpros', 1, 2)",
        ),
        Planted(
            "deviation of a population",
            "markets.books_count * (markets.books_count - 1)",
            "markets.books_count * markets.books_count",
        ),
        Planted("without a book no line", "LEFT JOIN markets", "JOIN markets"),
        Planted("opening is the latest", "HAVING MIN captured_at", "HAVING MAX captured_at"),
        Planted("consensus is a book", "WHERE NOT is_consensus", "WHERE TRUE", times=2),
        Planted("fanduel is taken for draftkings", "WHERE step <= 2", "WHERE step <= 3"),
        Planted("consensus is the median only", "WHERE step >= 5", "WHERE step >= 6"),
    ),
    "team_form": (
        Planted("window of 11", "ROWS BETWEEN 9 PRECEDING", "ROWS BETWEEN 10 PRECEDING"),
        Planted("window of 14", "ROWS BETWEEN 14 PRECEDING", "ROWS BETWEEN 13 PRECEDING"),
        Planted(
            "the next game seen",
            "ROWS BETWEEN 9 PRECEDING AND CURRENT ROW",
            "ROWS BETWEEN 9 PRECEDING AND 1 FOLLOWING",
        ),
        Planted(
            "pace divided by the season's games",
            "1000000 * sums.pace_games_last_10",
            "1000000 * sums.pace_games_season",
        ),
        Planted(
            "the opponent's defense",
            "defense.defending_team_abbr = offense.team_abbr",
            "defense.opponent_team_abbr = offense.team_abbr",
        ),
        Planted(
            "a streak that losses don't end",
            "PARTITION BY team_abbr, season_year, losses",
            "PARTITION BY team_abbr, season_year",
        ),
    ),
    "player_form": (
        Planted("window of 6", "ROWS BETWEEN 4 PRECEDING", "ROWS BETWEEN 5 PRECEDING"),
        Planted(
            "window of 19 with shots", "ROWS BETWEEN 19 PRECEDING", "ROWS BETWEEN 18 PRECEDING"
        ),
        Planted(
            "deviation of a population",
            "sums.games_last_10 * (sums.games_last_10 - 1))) AS points_std_last_10",
            "sums.games_last_10 * sums.games_last_10)) AS points_std_last_10",
        ),
        Planted(
            "a push is over",
            "summary.points > line.current_points_line",
            "summary.points >= line.current_points_line",
        ),
        Planted(
            "without a line no game",
            "LEFT JOIN `nba_analytics.player_lines`",
            "JOIN `nba_analytics.player_lines`",
        ),
        Planted("DNPs are games", "AND NOT summary.is_dnp", ""),
        Planted("fourteen days are a change", "DAY) > 14", "DAY) >= 14"),
        Planted("nine of the team's games", "OVER stint <= 9", "OVER stint <= 8", times=9),
        Planted(
            "one stint for all teams",
            "season_year, stint_number ORDER BY game_date)",
            "season_year ORDER BY game_date)",
        ),
        Planted("capped at 31", "LEAST(30,", "LEAST(31,"),
    ),
    "player_asof": (
        Planted(
            "the day's own game",
            "latest_games.game_date < slate.analysis_date",
            "latest_games.game_date <= slate.analysis_date",
        ),
        Planted(
            "nothing on the day of the next game",
            "@end_date) >= slate.analysis_date",
            "@end_date) > slate.analysis_date",
        ),
        Planted("DNPs are games", "AND NOT is_dnp", ""),
        Planted(
            "a row a team",
            "PARTITION BY player_lookup ORDER BY",
            "PARTITION BY player_lookup, team_abbr ORDER BY",
        ),
        Planted("a row a game of the slate", "SELECT DISTINCT", "SELECT"),
    ),
    "team_asof": (
        Planted(
            "the day's own game",
            "latest_games.game_date < slate.analysis_date",
            "latest_games.game_date <= slate.analysis_date",
        ),
        Planted(
            "nothing on the day of the next game",
            "@end_date) >= slate.analysis_date",
            "@end_date) > slate.analysis_date",
        ),
        Planted("idle teams are lost", "FULL JOIN", "RIGHT JOIN"),
        Planted("teams before their first are lost", "FULL JOIN", "LEFT JOIN", OPENING),
        Planted("no visitors", "away_team AS team_abbr", "home_team AS team_abbr", OPENING),
    ),
    "upcoming_team_game_context": (
        Planted("rest counts the day", "DAY) - 1 AS team_days_rest", "DAY) AS team_days_rest"),
        Planted("window of 8 days", "INTERVAL 7 DAY", "INTERVAL 8 DAY"),
        Planted(
            "the day's own game",
            "past.game_date < slate.game_date",
            "past.game_date <= slate.game_date",
        ),
        Planted(
            "the other team's spread",
            "IF(slate.is_home, spread.current_line, -spread.current_line)",
            "IF(slate.is_home, -spread.current_line, spread.current_line)",
        ),
        Planted(
            "lines after tip-off",
            "odds.captured_at < games.tipoff_at",
            "odds.captured_at IS NOT NULL",
            times=2,
        ),
        Planted("two starts are enough", "- 1)) >= 3)", "- 1)) >= 2)"),
        Planted("starts of six games", "5 - starts.games_missed", "6 - starts.games_missed"),
        Planted("the first report", "report.reported_at DESC", "report.reported_at"),
        Planted(
            "teams before their first are lost",
            "LEFT JOIN `nba_analytics.team_offense_game_summary`",
            "JOIN `nba_analytics.team_offense_game_summary`",
            OPENING,
        ),
    ),
    "upcoming_player_game_context": (
        Planted("window of 59 days", "INTERVAL 60 DAY", "INTERVAL 59 DAY"),
        Planted(
            "window of 13 days",
            "DATE_SUB(standings.game_date, INTERVAL 14 DAY)",
            "DATE_SUB(standings.game_date, INTERVAL 13 DAY)",
        ),
        Planted(
            "the day's own game",
            "past.game_date < standings.game_date",
            "past.game_date <= standings.game_date",
        ),
        Planted(
            "minutes divided by the games of 14 days",
            "60 * loads.games_in_last_7_days",
            "60 * loads.games_in_last_14_days",
        ),
        Planted(
            "his own teammate",
            "stars_out.stars_out - IF(standings.is_star_out, 1, 0)",
            "stars_out.stars_out",
        ),
        Planted(
            "the opponent's stars",
            "stars_out.team_abbr = standings.team_abbr",
            "stars_out.team_abbr = standings.opponent_team_abbr",
        ),
        Planted("without a line no row", "LEFT JOIN lines", "JOIN lines"),
        Planted(
            "reports after tip-off",
            "report.reported_at < games.tipoff_at",
            "report.reported_at IS NOT NULL",
        ),
        Planted(
            "younger on his birthday",
            "< EXTRACT(MONTH FROM players.birth_date)",
            "<= EXTRACT(MONTH FROM players.birth_date)",
        ),
        Planted(
            "nine games of the team are enough",
            "team_games.team_games_played < 10",
            "team_games.team_games_played < 9",
            NOVEMBER,
        ),
    ),
}
"""By table; most are a window one off, a wrong divisor, or the wrong side of a join."""
