"""What must not matter does not: names, dates, order, a stranger in another game, a second feed.

Each test changes the raw tables of the sample season's first weeks, computes all tables from them
and from what they were, and compares; no oracle is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pytest

from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.contract import Cutoff
from processors.registry import load
from tests.worlds import stored_rows
from warehouse.duckdb.engine import DuckDBWarehouse

REGISTRY = load()
LAST = date(2025, 11, 16)
"""Three weeks and a half: twelve dates after the bootstrap days."""

ADDED = date(2025, 11, 9)
TEAMS = (
    "home_team",
    "away_team",
    "team",
    "opponent",
    "team_abbr",
    "opponent_team_abbr",
    "defending_team_abbr",
)

Row = dict[str, object]
Tables = dict[str, dict[tuple, Row]]


class League:
    """The season's first weeks; a change is SQL over one raw table's rows, called `rows`."""

    def __init__(self, files: Mapping[str, Path], folder: Path) -> None:
        self._files = files
        self._folder = folder
        self._made = 0

    @cache  # noqa: B019 - one league a module
    def plain(self) -> Tables:
        return self.computed({})

    def computed(
        self,
        changes: Mapping[str, str],
        *,
        days: int = 0,
        threads: int = 2,
        path: Path | None = None,
    ) -> Tables:
        """Every computed table's rows by key; `days` is by how much the dates are shifted."""
        warehouse = DuckDBWarehouse(path, threads=threads)
        pipeline = Pipeline(warehouse, REGISTRY)
        files = self._changed(changes)
        warehouse.load(files, REGISTRY.contracts)
        for file in files.values():
            file.unlink()
        pipeline.refresh()
        dates = pipeline.assessor.calendar.game_dates
        end = LAST + timedelta(days)
        report = pipeline.run(make_request(REGISTRY, start=dates[0], end=end))
        assert report.overall.exit_code == 0, report.overall
        found = {}
        for one in REGISTRY:
            key = one.contract.key
            rows = stored_rows(warehouse, one.table)
            found[one.table] = {tuple(row[name] for name in key): row for row in rows}
            assert rows
        warehouse.close()
        return found

    def _changed(self, changes: Mapping[str, str]) -> dict[str, Path]:
        self._made += 1
        connection = duckdb.connect(":memory:")
        connection.execute("SET TimeZone = 'UTC'")
        files = {}
        for table, source in self._files.items():
            contract = REGISTRY.contracts[table]
            until = f"WHERE game_date <= DATE '{LAST}'" if contract.date_column else ""
            change = changes.get(table, "SELECT * FROM rows")
            files[table] = self._folder / f"{self._made}-{contract.name}.parquet"
            connection.execute(
                f"COPY (WITH rows AS (SELECT * FROM '{source}' {until}) {change})"
                f" TO '{files[table]}' (FORMAT parquet)"
            )
        connection.close()
        return files

    def names(self, table: str) -> list[str]:
        return [one.name for one in REGISTRY.contracts[table].columns]

    @property
    def tables(self) -> list[str]:
        return list(self._files)

    def query(self, text: str, **given: object) -> list[tuple]:
        connection = duckdb.connect(":memory:")
        files = {table.removeprefix("nba_raw."): path for table, path in self._files.items()}
        found = connection.execute(text.format(**files), given).fetchall()
        connection.close()
        return found


@pytest.fixture(scope="module")
def league(season_files, tmp_path_factory) -> League:
    return League(season_files, tmp_path_factory.mktemp("metamorphic"))


def mapped(tables: Tables, back: Callable[[object], object]) -> Tables:
    """All values brought back to what they were; hashes are left out, as they cover the new."""
    return {
        table: {
            tuple(back(part) for part in key): {
                name: back(value) for name, value in row.items() if name != "data_hash"
            }
            for key, row in rows.items()
        }
        for table, rows in tables.items()
    }


def differing(first: Tables, second: Tables) -> dict[str, list]:
    """By table the keys that are not in both alike, with the columns: an assertion to be read."""
    found = {}
    for table, rows in first.items():
        others = second[table]
        for key in rows.keys() | others.keys():
            ours, theirs = rows.get(key), others.get(key)
            if ours != theirs:
                names = (
                    [name for name in ours if ours[name] != theirs[name]]
                    if ours and theirs
                    else ["only in one"]
                )
                found.setdefault(table, []).append((key, names))
    return found


@pytest.mark.parametrize("name", ["ZZZ", "AAA"])
def test_renamed_team(league, name):
    """Boston goes by another name, the last or the first of all, in every raw table."""
    changes = {}
    for table in league.tables:
        teams = [one for one in league.names(table) if one in TEAMS]
        if teams:
            renamed = ", ".join(f"if({one} = 'BOS', '{name}', {one}) AS {one}" for one in teams)
            changes[table] = f"SELECT * REPLACE ({renamed}) FROM rows"
    found = league.computed(changes)
    assert (ADDED, name) in found["nba_analytics.team_form"]
    back = mapped(found, lambda value: "BOS" if value == name else value)
    assert differing(mapped(league.plain(), lambda value: value), back) == {}


@pytest.mark.parametrize(("days", "years"), [(10, 0), (1461, 4)])
def test_shifted_dates(league, days, years):
    """All dates and instants, births too, move by whole days; four years are the same calendar."""
    changes = {}
    for table in league.tables:
        moved = [
            f"{one.name} + INTERVAL {days} DAY AS {one.name}"
            if one.type.value == "TIMESTAMP"
            else f"({one.name} + {days})::DATE AS {one.name}"
            for one in REGISTRY.contracts[table].columns
            if one.type.value in ("DATE", "TIMESTAMP")
        ]
        if "season_year" in league.names(table):
            moved.append(f"season_year + {years} AS season_year")
        changes[table] = f"SELECT * REPLACE ({', '.join(moved)}) FROM rows"
    found = league.computed(changes, days=days)

    def back(value: object) -> object:
        # datetime is a date too
        return value - timedelta(days) if isinstance(value, date) else value

    unshifted = mapped(found, back)
    for rows in unshifted.values():
        for row in rows.values():
            if "season_year" in row:
                row["season_year"] -= years
    assert isinstance(next(iter(unshifted["nba_analytics.player_form"]))[0], date)
    assert not isinstance(next(iter(unshifted["nba_analytics.player_form"]))[0], datetime)
    assert differing(mapped(league.plain(), lambda value: value), unshifted) == {}


def test_permuted_rows(league):
    """Raw rows come in another order: hash for hash the same."""
    shuffled = {
        table: f"SELECT * FROM rows ORDER BY md5(concat_ws('|', {', '.join(league.names(table))}))"
        for table in league.tables
    }
    assert differing(league.plain(), league.computed(shuffled)) == {}


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_and_places(league, tmp_path, threads):
    found = league.computed({}, threads=threads, path=tmp_path / "league.duckdb")
    assert differing(league.plain(), found) == {}


def test_one_thread_in_memory(league):
    assert differing(league.plain(), league.computed({}, threads=1)) == {}


class TestAddedPlayer:
    """Somebody more in one game's box score, with minutes and points, and without a shot."""

    @pytest.mark.parametrize("who", ["a newcomer", "one who plays elsewhere"])
    def test_in_another_game(self, league, who):
        game, home, away = league.query(
            "SELECT game_id, home_team, away_team FROM '{schedule}'"
            " WHERE game_date = $day AND boxscore_expected ORDER BY game_id LIMIT 1",
            day=ADDED,
        )[0]
        player = "zzznewcomer"
        if who != "a newcomer":
            # His team does not play on the date, neither against nor for those who do.
            player = league.query(
                "SELECT min(player_lookup) FROM '{player_boxscores}' WHERE points > 15"
                " AND team NOT IN (SELECT unnest([home_team, away_team]) FROM '{schedule}'"
                " WHERE game_date = $day) AND game_date < $day",
                day=ADDED,
            )[0][0]
        changes = {
            "nba_raw.player_boxscores": (
                "SELECT * FROM rows UNION ALL BY NAME (SELECT * REPLACE"
                f" ('{player}' AS player_lookup, '{player}' AS player_name,"
                " false AS is_starter, '20:00' AS minutes, 9 AS points, 3 AS fg_made,"
                " 6 AS fg_attempted, 1 AS fg3_made, 2 AS fg3_attempted, 2 AS ft_made,"
                " 2 AS ft_attempted, NULL AS dnp_reason)"
                f" FROM rows WHERE game_id = '{game}' AND team = '{home}' AND points IS NOT NULL"
                " ORDER BY player_lookup LIMIT 1)"
            )
        }
        before, after = league.plain(), league.computed(changes)
        changed = differing(before, after)
        assert (ADDED, player) in after["nba_analytics.player_game_summary"]
        for table, found in changed.items():
            contract = REGISTRY.contracts[table]
            place = contract.key.index(contract.date_column)
            first = min(key[place] for key, _ in found)
            if contract.cutoff is Cutoff.BEFORE_TIPOFF:
                assert first > ADDED, (table, first)
            else:
                assert first >= ADDED, (table, first)
        self.others_are_alone(before, changed, player, {home, away})
        assert changed["nba_precompute.player_composite_factors"], "the league's pace moves"

    def others_are_alone(self, before: Tables, changed, player: str, teams: set[str]) -> None:
        """His game shows in his own rows and in those of who was in it, or of the teams' own."""
        in_it = {
            row["player_lookup"]
            for row in before["nba_analytics.player_game_summary"].values()
            if row["game_date"] == ADDED and row["team_abbr"] in teams
        }
        expected = {
            row["player_lookup"]
            for row in before["nba_analytics.upcoming_player_game_context"].values()
            if row["team_abbr"] in teams
        }
        for table in (
            "nba_analytics.player_form",
            "nba_analytics.player_game_summary",
            "nba_precompute.player_daily_cache",
        ):
            touched = {dict(zip(REGISTRY.contracts[table].key, key, strict=True))["player_lookup"]
                       for key, _ in changed[table]}  # fmt: skip
            # The newcomer's one game is too few for the cache.
            assert player in touched or table == "nba_precompute.player_daily_cache"
            assert touched <= in_it | expected | {player}, table
        zones = changed.get("nba_precompute.player_shot_zone_analysis", [])
        assert {key[1] for key, _ in zones} <= {player}, "nobody else's shots are other ones"
        asof = changed["nba_analytics.player_asof"]
        assert {key[1] for key, _ in asof} == {player}
        for table in ("nba_analytics.team_form", "nba_analytics.team_offense_game_summary"):
            assert {key[1] for key, _ in changed[table]} <= teams, table
        assert {
            row["game_id"]
            for key, row in before["nba_analytics.player_game_summary"].items()
            if key in {one for one, _ in changed["nba_analytics.player_game_summary"]}
            and row["game_date"] == ADDED
        } <= {
            row["game_id"]
            for row in before["nba_analytics.player_game_summary"].values()
            if row["game_date"] == ADDED and row["team_abbr"] in teams
        }


def test_doubled_book(league):
    """A third feed repeats all that odds_api says, word for word: nothing is different."""
    repeated = (
        "SELECT * FROM rows UNION ALL BY NAME"
        " SELECT * REPLACE ('zzz_feed' AS provider) FROM rows"
        " WHERE provider = 'odds_api' AND bookmaker != 'consensus'"
    )
    changes = dict.fromkeys(("nba_raw.odds_player_points", "nba_raw.odds_game_lines"), repeated)
    assert differing(league.plain(), league.computed(changes)) == {}
