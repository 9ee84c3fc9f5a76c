"""`tipoff audit demonstrate` on a stored season, counted again in plain Python."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from clients.command import execute
from clients.commands.demonstrate import show
from pipeline.audit.demonstration import Demonstration, demonstrate
from pipeline.audit.planting import DOOR
from pipeline.outcome import USAGE_EXIT_CODE
from tests.sharing import settle
from warehouse.duckdb.engine import DuckDBWarehouse

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "demonstration.md"
EDGE = 3
NO_MEAN_BELOW = 3
"""Games that a row of the cache wants."""
BOOTSTRAP = timedelta(days=14)


class Told(NamedTuple):
    """What the command said of a file, what it said it from, and the file before and after."""

    code: int
    said: dict
    shown: Demonstration
    before: str
    after: str


@pytest.fixture(scope="module")
def told(computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    path = tmp_path_factory.mktemp("demonstrate") / "season.duckdb"
    shutil.copy(computed_season_file, path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    said: list[object] = []
    shown: list[Demonstration] = []

    def kept(*asked: Any) -> Demonstration:
        shown.append(demonstrate(*asked))
        return shown[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("clients.commands.demonstrate.put_json", said.append)
        patch.setattr("clients.commands.demonstrate.demonstrate", kept)
        code = execute(["audit", "demonstrate", "--warehouse", f"duckdb://{path}", "--json"])
    after = hashlib.sha256(settle(path).read_bytes()).hexdigest()
    return Told(code, json.loads(json.dumps(said[0], default=str)), shown[0], before, after)


def test_it_shows_what_it_must(told: Told) -> None:
    assert [one["says"] for one in told.said["claims"] if not one["holds"]] == []
    assert told.code == 0
    leak = told.said["leaked"]["verdicts"][0]["leak"]
    assert leak["columns"] == ["last_game_date"]
    assert leak["row_key"] == {
        "game_date": told.said["date"],
        "player_lookup": leak["entity"]["player_lookup"],
    }


def test_the_warehouse_is_left_as_it_was(told: Told) -> None:
    assert told.before == told.after


@pytest.mark.parametrize(
    ("which", "mean_of", "games"),
    [
        ("honest", "five games", 5),
        ("honest", "ten games", 10),
        ("leaked", "five games", 5),
        ("leaked", "ten games", 10),
    ],
)
def test_the_count_is_that_of_plain_python(
    told: Told, history: History, which: str, mean_of: str, games: int
) -> None:
    found = next(one for one in told.said[which]["rates"] if one["mean_of"] == mean_of)
    wanted = history.bets(games, leaked=which == "leaked")
    assert (found["won"], found["lost"], found["pushed"]) == wanted
    assert min(wanted) > 20


def test_the_means_that_count_their_own_evening_are_those_of_plain_python(
    told: Told, history: History
) -> None:
    honest, leaked = (told.said[which]["foresight"] for which in ("honest", "leaked"))
    assert (honest["means"], honest["dates"]) == (0, 0)
    wanted = history.means_of_their_own_evening()
    assert leaked["means"] == len(wanted)
    assert leaked["dates"] == len({day for _, day in wanted}) > 100


def test_the_gates_see_a_part_of_it(told: Told, history: History) -> None:
    assert told.said["honest"]["refused"] == []
    seen = {one["table"]: one for one in told.said["leaked"]["refused"]}
    assert set(seen) == {"nba_analytics.upcoming_player_game_context", DOOR}
    context = seen["nba_analytics.upcoming_player_game_context"]
    assert context["status"] == "rejected"
    assert "days_rest_out_of_range" in context["reason"]
    assert context["dates"] > 100
    assert (seen[DOOR]["dates"], seen[DOOR]["first"]) == (1, history.dates[-1].isoformat())


def test_the_document_has_these_numbers(told: Told) -> None:
    text = DOCUMENT.read_text().replace("*", "")
    for which in (told.shown.honest, told.shown.leaked):
        for mean_of in ("five games", "ten games"):
            rate = which.rates[mean_of]
            assert f"| {rate.share * 100:.1f} % of {rate.bets:,} |" in text
    seen = told.shown.leaked.foresight
    published = f"{seen.means:,} of {seen.of_means:,}, on {seen.dates} of {seen.of_dates} dates"
    assert published in " ".join(text.split())


class TestWhatPeopleRead:
    def test_the_numbers_and_the_gates(
        self, told: Told, capsys: pytest.CaptureFixture[str]
    ) -> None:
        show(told.shown, "duckdb://a.duckdb")
        text = capsys.readouterr().out
        for which in ("honest", "leaked"):
            for rate in told.said[which]["rates"]:
                row = f"{rate['mean_of']} {rate['won']:,} {rate['lost']:,} {rate['pushed']}"
                assert row in " ".join(text.split())
        for one in told.said["claims"]:
            assert f"   yes  {one['says']}" in text
        for one in told.said["leaked"]["refused"]:
            assert f"Not published: {one['table']}, rejected on {one['dates']} date" in text
        seen = told.said["leaked"]["foresight"]
        assert f"the averages go through:\n   {seen['means']:,} of {seen['of_means']:,}" in text
        assert text.index("0 of ") < text.index("2. With a leak planted")
        assert f"{told.said['bet']['player']} scored {told.said['bet']['points']}" in text
        assert "took the leak for skill" in text

    def test_nothing_is_praised_that_was_not_shown(
        self, told: Told, capsys: pytest.CaptureFixture[str]
    ) -> None:
        show(replace(told.shown, leaked=told.shown.honest), None)
        text = capsys.readouterr().out
        assert text.count("   NO ") == 4
        assert "of a sample league" in text
        for judging in ("took the leak for skill", "go through", "Not published"):
            assert judging not in text


class Game(NamedTuple):
    """One that a player played."""

    day: date
    points: int


@dataclass(frozen=True)
class History:
    """A season as the raw facts tell it: who played, who had a line, who was expected."""

    played: dict[str, list[Game]]
    lines: list[tuple[str, date, float]]
    expected: set[tuple[str, date]]
    dates: list[date]

    def known(self, player: str, day: date, *, leaked: bool) -> list[int]:
        """His points in the games that the cache's means of the date count.

        The leak adds the evening's, but not on the season's last two dates. On the last, the door
        finds nobody, for no next date is known; a gate refuses that, and the honest rows stand. The
        cache is computed through the date before it, and reads form before that date alone: who
        played on it has no form there, and so no mean.
        """
        of_all = self.played.get(player, [])
        before = [game.points for game in of_all if game.day < day]
        if not leaked or day == self.dates[-1]:
            return before
        evening = [game.points for game in of_all if game.day == day]
        if evening and day == self.dates[-2]:
            return []
        return before + evening

    def is_predicted(self, player: str, day: date) -> bool:
        return (player, day) in self.expected and day >= self.dates[0] + BOOTSTRAP

    def bets(self, games: int, *, leaked: bool) -> tuple[int, int, int]:
        """Won, lost and pushed, one by one."""
        results = {1: 0, -1: 0, 0: 0}
        for player, day, line in self.lines:
            if not self.is_predicted(player, day):
                continue
            known = self.known(player, day, leaked=leaked)
            away = Fraction(sum(known[-games:]), games) - Fraction(line)
            if len(known) < games or abs(away) < EDGE:
                continue
            points = next(game.points for game in self.played[player] if game.day == day)
            over = points - Fraction(line)
            results[(over > 0) - (over < 0) if away > 0 else (over < 0) - (over > 0)] += 1
        return results[1], results[-1], results[0]

    def means_of_their_own_evening(self) -> set[tuple[str, date]]:
        """Player and date, with the leak."""
        return {
            (player, game.day)
            for player, of_all in self.played.items()
            for game in of_all
            if self.is_predicted(player, game.day)
            and game.day < self.dates[-2]
            and len(self.known(player, game.day, leaked=True)) >= NO_MEAN_BELOW
        }


@pytest.fixture(scope="module")
def history(computed_season_file: Path) -> History:
    played: dict[str, list[Game]] = {}
    there = set()
    with closing(DuckDBWarehouse(computed_season_file)) as warehouse:
        for player, game, day, points in warehouse.rows(
            "SELECT player_lookup, game_id, game_date, points"
            " FROM `nba_analytics.player_game_summary` WHERE NOT is_dnp ORDER BY game_date"
        ):
            played.setdefault(player, []).append(Game(day, points))
            there.add((player, game))
        lines = warehouse.rows(
            "SELECT player_lookup, game_id, game_date, current_points_line"
            " FROM `nba_analytics.player_lines`"
        )
        expected = warehouse.rows(
            "SELECT player_lookup, game_date FROM `nba_analytics.upcoming_player_game_context`"
        )
    return History(
        played=played,
        lines=[(player, day, line) for player, game, day, line in lines if (player, game) in there],
        expected=set(expected),
        dates=sorted({game.day for of_all in played.values() for game in of_all}),
    )


def test_without_lines_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "empty.duckdb"
    asked = ["audit", "demonstrate", "--warehouse", f"duckdb://{path}"]
    assert execute(asked) == USAGE_EXIT_CODE
    assert "is not there" in capsys.readouterr().err
    assert not path.exists()
    DuckDBWarehouse(path).close()
    assert execute(asked) == USAGE_EXIT_CODE
    assert "no raw tables" in capsys.readouterr().err
