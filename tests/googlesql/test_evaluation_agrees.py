"""Google's evaluator and DuckDB make the same rows, and the same hashes, of every statement."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest

from processors.columns import Type
from processors.registry import Processor, load
from tests.googlesql.catalog import columns_of
from tests.googlesql.evaluation import evaluate
from tests.oracle.tiny import Tiny, day
from tests.worlds import load_rows, open_memory
from warehouse import texts
from warehouse.interface import Publication, Span

REGISTRY = load()
BOXES = "nba_raw.player_boxscores"
MODELS, LIVE = "nba_raw.model_predictions", "nba_raw.live_predictions"
GAMES = 12
CLOCKS = ("34:30", "34", "34.5", "PT34M30.00S", "28.000000:07", None, "", "12:99", "48:00")
ZONES = ("paint", "mid_range", "corner_three", "above_break_three", "backcourt")


Tables = dict[str, list[dict[str, object]]]


def built() -> Tables:
    """Twelve games of two teams, a season before, a game to come; much is unknown in them."""
    tiny = Tiny()
    tiny.game("before", -200, season_year=2023)
    tiny.box("before", "al", 20)
    tiny.box("before", "zz", 3, fg_made=3, fg_attempted=2)  # set aside: made more than attempted
    for number in range(GAMES):
        play(tiny, number)
    tiny.game("postponed", 2 * GAMES - 1, "LAL", "UTA", status="postponed", boxscore_expected=False)
    tiny.game("tonight", 2 * GAMES + 1, "NYK", "BOS", status="scheduled")
    tiny.game("untimed", 2 * GAMES + 1, "LAL", "UTA", status="scheduled", tipoff_at=None)
    for game_id in ("g8", "tonight"):
        odds(tiny, game_id)
        reports(tiny, game_id)
    tiny.line("untimed", "lo", 9.5)
    tiny.person("al", date(1996, 2, 29))
    tiny.person("bo", day(2 * GAMES + 1).replace(year=2000))
    tiny.person("cy", None)
    tonight = [{**row, "game_id": "tonight"} for row in tiny.raw[BOXES] if row["game_id"] == "g9"]
    return with_models(tiny.raw, [*tiny.raw[BOXES], *tonight])


def cut(files: dict[str, Path]) -> Tables:
    """Boston's first fourteen games of the sample season, as it came."""
    connection = duckdb.connect(":memory:")
    found = connection.execute(
        f"SELECT game_id FROM '{files['nba_raw.schedule']}' WHERE season_phase = 'regular'"
        " AND 'BOS' IN (home_team, away_team) ORDER BY game_date LIMIT 14"
    )
    games = [game_id for (game_id,) in found.fetchall()]
    tables = {}
    for table, file in files.items():
        where = "" if table == "nba_raw.players" else "WHERE game_id IN (SELECT unnest($games))"
        given = {"games": games} if where else {}
        found = connection.execute(f"SELECT * FROM '{file}' {where}", given)
        names = [one[0] for one in found.description]
        tables[table] = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    connection.close()
    return with_models(tables, tables[BOXES])


def with_models(tables: Tables, players: list[dict[str, object]]) -> Tables:
    """Two models speak of all of them before tip-off and at it, and both are told live."""
    games = {row["game_id"]: row for row in tables["nba_raw.schedule"]}
    tables[MODELS], tables[LIVE] = [], []
    for number, player in enumerate(players):
        game = games[player["game_id"]]
        tipoff = game["tipoff_at"] or datetime.combine(game["game_date"], time(10))
        for place, system in enumerate(("gradient_boosted", "ridge")):
            for hours in (2, 0):
                at = tipoff - timedelta(hours=hours)
                said = {
                    "game_date": game["game_date"],
                    "player_lookup": player["player_lookup"],
                    "system_id": system,
                    "as_of": at,
                    "game_id": game["game_id"],
                    "predicted_points": 10 + number % 7 + 3.21 * place,
                    "model_id": f"{system}-1",
                    "model_state": "active",
                    "feature_set": "v12",
                    "feature_vector": "days_rest:1000000",
                    "feature_hash": "abc",
                }
                spoken = {"is_backfill": False, "created_at": at}
                against = {"team_abbr": "BOS", "opponent_team_abbr": "NYK"}
                line = {"current_points_line": 12.5, "confidence": 0.25}
                tables[MODELS].append(said | spoken)
                tables[LIVE].append(said | against | line)
    return tables


def play(tiny: Tiny, number: int) -> None:
    """Boston and New York with three players each; g3 has no shots, g5 and g6 are odd."""
    game_id = f"g{number}"
    home, away = ("BOS", "NYK") if number % 2 else ("NYK", "BOS")
    overtime = None if number in (5, 7) else 0
    # Two of the games are a day after the one before.
    untimed = {"tipoff_at": None} if number == 10 else {}
    on = 2 * number - (number in (4, 9))
    tiny.game(game_id, on, home, away, overtime_periods=overtime, **untimed)
    for place, player in enumerate(("al", "bo", "cy", "di", "ed", "fu")):
        # cy is traded in the middle.
        team = "BOS" if place < 2 or (player == "cy" and number < 6) else "NYK"
        count = 5 + (7 * number + 3 * place) % 11
        tiny.box(
            game_id,
            player,
            2 * count + number % 3,
            team=team,
            minutes=CLOCKS[(number + 2 * place) % len(CLOCKS)],
            is_starter=None if (number, player) == (2, "di") else place % 3 < 2,
            fg_made=count - 3,
            fg_attempted=2 * count,
            fg3_made=count % 3,
            fg3_attempted=count % 5 + 2,
            ft_made=count % 4,
            ft_attempted=count % 4 + 1,
            offensive_rebounds=None if number == 6 else count % 3,
            defensive_rebounds=None if number == 6 else count % 5,
            rebounds=count,
            turnovers=None if (number, player) == (1, "bo") else count % 4,
            plus_minus=place - 2,
        )
        for shot in range(0 if number == 3 else 3):
            tiny.shot(
                game_id,
                player,
                ZONES[(number + place + shot) % 5],
                team=team,
                made=(number + shot) % 2 == 0,
                assisted=None if (number, place) == (2, 1) else shot % 2 == 0,
            )
    tiny.dnp(game_id, "lo", team=home, dnp_reason="Coach's decision")


def odds(tiny: Tiny, game_id: str) -> None:
    """Lines of every step of the cascade, early, late, and when the game was on."""
    books = ("draftkings", "fanduel", "betmgm", "caesars", "consensus")
    for place, player in enumerate(("al", "bo", "cy", "di")):
        for number, book in enumerate(books[place:]):
            for provider in ("odds_api", "bettingpros"):
                seen = {"bookmaker": book, "provider": provider, "team": ("BOS", None)[number % 2]}
                early = 12.5 + number + place
                tiny.line(game_id, player, early, hours=5 + number, **seen)
                tiny.line(game_id, player, early + 0.5 * number, hours=0.5, **seen)
                tiny.line(game_id, player, 40.5, hours=-1, **seen)
    for number, book in enumerate(books):
        tiny.spread(game_id, 2.5 - number, 220.5 + number, bookmaker=book, hours=2 + number)
        tiny.spread(game_id, None, 230.5, bookmaker=book, hours=1)
        tiny.spread(game_id, -30.0, 300.5, bookmaker=book, hours=-1)


def reports(tiny: Tiny, game_id: str) -> None:
    tiny.report(game_id, "al", "questionable", hours=20)
    tiny.report(game_id, "al", "out", hours=2)
    tiny.report(game_id, "bo", "doubtful", hours=3)
    tiny.report(game_id, "bo", "available", hours=-1)
    tiny.report(game_id, "ed", "probable", hours=4, team="NYK")


class Agreement:
    """The world as DuckDB holds it, each table published before the next is computed."""

    def __init__(self, tables: Tables) -> None:
        self._warehouse = open_memory(threads=1)
        load_rows(self._warehouse, tables)
        days = [row["game_date"] for row in tables["nba_raw.schedule"]]
        self._span = Span(start=min(days), end=max(days), history_start=min(days))
        self._inputs = {}
        for processor in REGISTRY:
            self._inputs[processor.table] = {
                table: (columns_of(REGISTRY.contracts[table]), self._rows(table))
                for table in processor.statement.reads
            }
            self._publish(processor)

    def on_google(self, processor: Processor):
        text = texts.stage(processor)
        given = self._span.parameters.items()
        wanted = {name: value for name, value in given if f"@{name}" in text}
        columns, rows = evaluate(text, self._inputs[processor.table], wanted)
        return [name for name, _ in columns], rows

    def on_both(self, text: str, processor: Processor):
        """One of the machinery's own texts, over what is staged and all that is published."""
        contract = processor.contract
        marks = [("data_hash", Type.STRING), ("quarantine_reason", Type.STRING)]
        columns = [(one.name, one.type) for one in contract.columns] + marks
        names = ", ".join(name for name, _ in columns)
        staged = self._warehouse.rows(f"SELECT {names} FROM {texts.staging(contract)}")
        tables = {texts.staging(contract).strip("`"): (columns, staged)}
        for table, one in REGISTRY.contracts.items():
            if f"`{table}`" in text:
                tables[table] = (columns_of(one), self._rows(table))
        given = {**self._span.parameters, "first_date": self._span.start}
        given["last_date"] = self._span.end
        wanted = {name: value for name, value in given.items() if f"@{name}" in text}
        return sorted(map(str, evaluate(text, tables, wanted)[1])), sorted(
            map(str, self._warehouse.rows(text, **given))
        )

    def on_duckdb(self, processor: Processor):
        return self._warehouse.rows(texts.stage(processor), **self._span.parameters)

    def _rows(self, table: str):
        names = ", ".join(one.name for one in REGISTRY.contracts[table].stored_columns)
        return self._warehouse.rows(f"SELECT {names} FROM `{table}`")

    def _publish(self, processor: Processor) -> None:
        self._warehouse.stage(processor, self._span)
        contract = processor.contract
        staged = f"SELECT DISTINCT {contract.date_column} FROM {texts.staging(contract)}"
        publication = Publication(
            contract=contract,
            replaced={one: "inputs" for (one,) in self._warehouse.rows(staged)},
            quarantined=(),
            logic_version=processor.logic_version,
            run_id="run",
            processed_at=datetime(2024, 12, 1, tzinfo=UTC),
            ledger={},
        )
        self._warehouse.publish(publication, lambda _: None)


@pytest.fixture(scope="module")
def of_built():
    return Agreement(built())


@pytest.fixture(scope="module")
def of_cut(season_files):
    return Agreement(cut(season_files))


def same_rows(agreement: Agreement, processor: Processor) -> list[dict[str, object]]:
    names, google = agreement.on_google(processor)
    by_key = [names.index(one) for one in processor.contract.key]

    def rows(found):
        ordered = sorted(found, key=lambda row: [str(row[place]) for place in by_key])
        return [dict(zip(names, row, strict=True)) for row in ordered]

    expected = rows(google)
    assert rows(agreement.on_duckdb(processor)) == expected
    return expected


def by_processor(wanted):
    chosen = [one for one in REGISTRY if wanted(one.contract)]
    return pytest.mark.parametrize("processor", chosen, ids=lambda one: one.contract.name)


@by_processor(lambda contract: True)
class TestSameRows:
    def test_of_built(self, of_built, processor):
        rows = same_rows(of_built, processor)
        unseen = {name for name in rows[0] if all(row[name] is None for row in rows)}
        assert unseen <= {"quarantine_reason"}, "the built world is to show every column"

    def test_of_cut(self, of_cut, processor):
        # Of the teams only Boston has five games behind it here.
        few = processor.contract.name == "team_defense_zone_analysis"
        assert len(same_rows(of_cut, processor)) >= (9 if few else 28)


class TestGates:
    @by_processor(lambda contract: True)
    @pytest.mark.parametrize(
        "make", [texts.examination, texts.quarantine_examples, texts.doubled_keys]
    )
    def test_staged(self, of_built, processor, make):
        google, ours = of_built.on_both(make(processor.contract), processor)
        assert ours == google

    @by_processor(lambda contract: contract.expected)
    def test_coverage(self, of_built, processor):
        google, ours = of_built.on_both(texts.coverage(processor.contract), processor)
        assert ours == google
        assert google

    @by_processor(lambda contract: contract.presence)
    def test_games_present(self, of_built, processor):
        google, ours = of_built.on_both(texts.games_present(processor.contract), processor)
        assert ours == google
        assert google


def test_bad_rows_are_marked(of_built):
    rows = same_rows(of_built, REGISTRY.processors["nba_analytics.player_game_summary"])
    bad = {
        row["player_lookup"]: row["quarantine_reason"] for row in rows if row["quarantine_reason"]
    }
    assert bad == {"zz": "made_more_than_attempted"}
