"""Season days, gaps and expectations on the real opening days."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from league.sample import make_league
from pipeline.calendar import BOOTSTRAP_DAYS, Calendar, Kind, make_calendar, read_calendar
from tests.oracle.tiny import day
from tests.pipeline.small import Small

OPENINGS = {
    2021: date(2021, 10, 19),
    2022: date(2022, 10, 18),
    2023: date(2023, 10, 24),
    2024: date(2024, 10, 22),
    2025: date(2025, 10, 21),
}
PROCESSED_FIRST = {2021: date(2021, 11, 2), 2024: date(2024, 11, 6), 2025: date(2025, 11, 4)}


@pytest.fixture(scope="module")
def rows() -> list[tuple[int, date, str, int, int]]:
    """The sample league's schedule of five seasons, as the calendar reads it."""
    cells = make_league(seasons=5, seed=7).cells["nba_raw.schedule"]
    columns = ("season_year", "game_date", "season_phase", "boxscore_expected", "status")
    expected: Counter[tuple[int, date, str]] = Counter()
    final: Counter[tuple[int, date, str]] = Counter()
    for *where, counts, status in zip(
        *(cells[name].plain().tolist() for name in columns), strict=True
    ):
        expected[tuple(where)] += counts
        final[tuple(where)] += counts and status == "final"
    return [(*where, expected[where], final[where]) for where in expected]


@pytest.fixture(scope="module")
def calendar(rows: list[tuple[int, date, str, int, int]]) -> Calendar:
    return make_calendar(rows)


class TestVectors:
    def test_openings(self, calendar):
        assert {season.year: season.start for season in calendar.seasons} == OPENINGS

    def test_first_processed(self, calendar):
        found = {one.year: calendar.first_processed(one) for one in calendar.seasons}
        assert PROCESSED_FIRST.items() <= found.items()

    def test_day_13(self, calendar):
        found = calendar.expect(date(2024, 11, 4), bootstrap=True)
        assert (found.kind, found.season_day) == (Kind.BOOTSTRAP, 13)
        assert "season day 13 of 2024-25" in found.reason
        assert found.reason.endswith("the first date processed is 2024-11-06")

    def test_day_14_had_no_games(self, calendar):
        found = calendar.expect(date(2024, 11, 5), bootstrap=True)
        assert (found.kind, found.season_day) == (Kind.NO_GAMES, 14)
        assert found.reason == "day off in 2024-25"

    def test_day_15_is_the_first(self, calendar):
        found = calendar.expect(date(2024, 11, 6), bootstrap=True)
        assert (found.kind, found.season_day) == (Kind.PROCESS, 15)
        assert found.reason == f"{found.games} games on season day 15 of 2024-25"

    @pytest.mark.parametrize(
        ("day", "kind"),
        [
            (date(2025, 11, 3), Kind.BOOTSTRAP),
            (date(2025, 11, 4), Kind.PROCESS),
            (date(2021, 11, 1), Kind.BOOTSTRAP),
            (date(2021, 11, 2), Kind.PROCESS),
        ],
    )
    def test_edges(self, calendar, day, kind):
        assert calendar.expect(day, bootstrap=True).kind is kind

    @pytest.mark.parametrize("opening", OPENINGS.values())
    def test_before_opening_night(self, calendar, opening):
        october = date(opening.year, 10, 1)
        for offset in range((opening - october).days):
            found = calendar.expect(october + timedelta(offset), bootstrap=True)
            assert found.kind is Kind.NO_GAMES
            assert found.reason == (
                f"preseason: {opening.year}-{(opening.year + 1) % 100} starts on {opening}"
            )
            assert found.season_day is None

    @pytest.mark.parametrize("opening", OPENINGS.values())
    def test_bootstrap_is_14_days(self, calendar, opening):
        days = [opening + timedelta(number) for number in range(BOOTSTRAP_DAYS + 30)]
        kinds = [calendar.expect(day, bootstrap=True).kind for day in days]
        assert kinds[:BOOTSTRAP_DAYS] == [Kind.BOOTSTRAP] * BOOTSTRAP_DAYS
        assert Kind.BOOTSTRAP not in kinds[BOOTSTRAP_DAYS:]

    def test_analytics_have_no_bootstrap(self, calendar):
        found = calendar.expect(date(2024, 10, 22), bootstrap=False)
        assert (found.kind, found.season_day, found.games) == (Kind.PROCESS, 0, 2)

    def test_every_date_is_one_kind(self, calendar):
        first, last = date(2021, 7, 1), date(2026, 8, 1)
        for offset in range((last - first).days):
            day = first + timedelta(offset)
            found = calendar.expect(day, bootstrap=False)
            assert (found.kind is Kind.PROCESS) == (calendar.games_on(day) > 0)
            assert found.reason


class TestGaps:
    def test_all_star_break(self, calendar):
        found = calendar.expect(date(2025, 2, 16), bootstrap=True)
        assert found.kind is Kind.NO_GAMES
        assert found.reason.startswith("break of 2024-25 from 2025-02-1")
        # The exhibition itself is a row of the schedule, and no game.
        assert found.games == 0

    def test_off_season(self, calendar):
        found = calendar.expect(date(2025, 7, 15), bootstrap=True)
        assert found.reason == "off-season: 2025-26 starts on 2025-10-21"
        assert (found.season_year, found.season_day) == (2024, None)

    def test_preseason_is_35_days(self, calendar):
        opening = OPENINGS[2025]
        before = [calendar.expect(opening - timedelta(n), bootstrap=True).reason for n in (35, 36)]
        assert [reason.split(":")[0] for reason in before] == ["preseason", "off-season"]

    def test_after_the_schedule(self, calendar):
        last = calendar.seasons[-1].last
        found = calendar.expect(date(2030, 1, 1), bootstrap=True)
        assert found.reason == f"off-season: the schedule ends on {last}"

    def test_before_the_schedule(self, calendar):
        found = calendar.expect(date(2010, 1, 1), bootstrap=True)
        assert (found.kind, found.season_year) == (Kind.NO_GAMES, None)

    def test_no_schedule(self):
        found = make_calendar([]).expect(date(2025, 1, 1), bootstrap=True)
        assert found.reason == "the schedule table holds no season"


def played(year: int, day: date, phase: str = "regular", games: int = 1) -> tuple:
    return year, day, phase, games, games


class TestMakeCalendar:
    def test_bootstrap_goes_before_no_games(self):
        calendar = make_calendar([played(2024, day(0)), played(2024, day(20))])
        assert calendar.expect(day(7), bootstrap=True).kind is Kind.BOOTSTRAP
        assert calendar.expect(day(7), bootstrap=False).kind is Kind.NO_GAMES

    def test_first_processed_is_not_scheduled_yet(self):
        calendar = make_calendar([played(2024, day(0)), played(2024, day(13))])
        reason = calendar.expect(day(3), bootstrap=True).reason
        assert reason.endswith("the first date processed is not scheduled yet")

    def test_break_is_more_than_four_days(self):
        dates = (0, 4, 9)
        calendar = make_calendar([played(2024, day(number)) for number in dates])
        assert calendar.expect(day(2), bootstrap=False).reason == "day off in 2024-25"
        assert calendar.expect(day(5), bootstrap=False).reason == (
            f"break of 2024-25 from {day(4)} to {day(9)}"
        )

    def test_phases(self):
        """Exhibitions start no season and are no games; the playoffs are."""
        calendar = make_calendar(
            [
                played(2024, day(-10), "preseason"),
                played(2024, day(0)),
                played(2024, day(5), "cup_final"),
                played(2024, day(6), "all_star"),
                played(2024, day(7), "play_in"),
                played(2024, day(8), "playoffs"),
            ]
        )
        assert calendar.game_dates == (day(0), day(7), day(8))
        assert calendar.seasons[0].start == day(0)

    def test_season_without_regular_games_is_unknown(self):
        rows = [played(2024, day(0)), played(2025, day(340), "preseason")]
        calendar = make_calendar(rows)
        assert [season.year for season in calendar.seasons] == [2024]
        assert calendar.expect(day(340), bootstrap=True).season_year == 2024

    def test_unscheduled_season_between(self):
        """A year that the schedule lacks is a long summer, and no season before the next."""
        calendar = make_calendar([played(2022, day(-730)), played(2024, day(0))])
        assert calendar.expect(day(-300), bootstrap=True).reason == (
            f"off-season: 2024-25 starts on {day(0)}"
        )
        assert calendar.season_start(day(3), back=1) == day(0)

    def test_not_expected_games_are_no_games(self):
        calendar = make_calendar([played(2024, day(0)), (2024, day(1), "regular", 0, 0)])
        assert calendar.games_on(day(1)) == 0

    def test_final(self):
        calendar = make_calendar([(2024, day(0), "regular", 5, 3)])
        assert (calendar.games_on(day(0)), calendar.final_on(day(0))) == (5, 3)
        assert (calendar.games_on(day(-9)), calendar.final_on(day(-9))) == (0, 0)

    def test_phases_of_one_date_add_up(self):
        calendar = make_calendar(
            [played(2024, day(0)), played(2024, day(9)), played(2024, day(9), "play_in", 2)]
        )
        assert calendar.games_on(day(9)) == 3


class TestSeasonStart:
    def test_back(self, calendar):
        assert calendar.season_start(date(2025, 1, 1)) == OPENINGS[2024]
        assert calendar.season_start(date(2025, 1, 1), back=1) == OPENINGS[2023]

    def test_summer_belongs_to_the_season_before(self, calendar):
        assert calendar.season_start(date(2025, 8, 1)) == OPENINGS[2024]

    def test_nothing_further_back(self, calendar):
        assert calendar.season_start(date(2022, 1, 1), back=1) == OPENINGS[2021]

    def test_before_all(self, calendar):
        assert calendar.season_start(date(2010, 1, 1), back=1) == date(2010, 1, 1)


class TestDates:
    def test_with_games(self, calendar):
        found = calendar.dates_with_games(date(2024, 11, 4), date(2024, 11, 6))
        assert found == (date(2024, 11, 4), date(2024, 11, 6))

    def test_next(self, calendar):
        assert calendar.next_game_date(date(2024, 11, 4)) == date(2024, 11, 6)
        assert calendar.next_game_date(calendar.game_dates[-1]) is None


class TestReadCalendar:
    def test_from_the_schedule_table(self):
        small = Small()
        small.game("a", 0)
        small.game("b", 0, "LAL", "UTA", status="scheduled")
        small.game("c", 1, status="postponed", boxscore_expected=False)
        small.game("d", -5, season_phase="preseason")
        calendar = read_calendar(small.pipeline().warehouse)
        assert calendar.game_dates == (day(0),)
        assert (calendar.games_on(day(0)), calendar.final_on(day(0))) == (2, 1)
