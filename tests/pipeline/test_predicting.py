"""Predicting live: what is told before tip-off is told once, and nothing changes it afterwards."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from pipeline.clock import now
from pipeline.outcome import BLOCKED, COMPLETED, WITH_FINDINGS, Overall
from pipeline.predicting import Predicted, predict
from pipeline.run import Pipeline
from pipeline.saying import COLUMNS, _write, keep_live
from processors.errors import UsageError
from processors.registry import load
from tests.oracle.tiny import day, tipoff
from tests.pipeline.killed import start
from tests.sharing import settle
from tests.worlds import load_rows, stored_rows
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.files import Desk

from .small import BOXES, Small, ask, correct, outcome, run

PREDICTIONS = "nba_predictions.player_prop_predictions"
LIVE = "nba_raw.live_predictions"
MODELS = "nba_raw.model_predictions"
ODDS = "nba_raw.odds_player_points"
RULE = "moving_average"

EVENING = 14
EARLY, LATE = f"east{EVENING}", f"west{EVENING}"
MOMENT = tipoff(EVENING) - timedelta(minutes=30)
PLAYERS = 32


def season(**said: object) -> Small:
    """Ten dates, and an evening of two games, the second two hours after the first."""
    small = Small()
    for number in range(10):
        small.play_two(number)
    small.play(EARLY, EVENING, "BOS", "NYK", **said)
    small.play(
        LATE, EVENING, "LAL", "UTA", **{"tipoff_at": tipoff(EVENING) + timedelta(hours=2), **said}
    )
    for number, row in enumerate(small.raw[BOXES]):
        # Or else all would play at one pace, which no season does.
        row["turnovers"] = number * number % 7
    small.line(EARLY, "bos0", 8.5)
    return small


def at(patch: pytest.MonkeyPatch, moment: datetime) -> datetime:
    patch.setenv("TIPOFF_NOW", f"{moment.isoformat()}+00:00")
    return moment


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, MOMENT)


@pytest.fixture(scope="module")
def computed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that predictions stand on is there."""
    path = tmp_path_factory.mktemp("predicting") / "league.duckdb"
    warehouse = DuckDBWarehouse(path, threads=1)
    warehouse.migrate(list(load().contracts.values()))
    load_rows(warehouse, season().filled)
    run(Pipeline(warehouse, load()), EVENING, None, "ml_feature_store_v2")
    warehouse.close()
    return settle(path)


@pytest.fixture
def file(computed_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(computed_file, tmp_path / "league.duckdb"))


@pytest.fixture
def pipeline(file: Path) -> Iterator[Pipeline]:
    made = opened(file)
    yield made
    made.warehouse.close()


def opened(path: Path) -> Pipeline:
    return Pipeline(DuckDBWarehouse(path, wait=0, threads=1), load())


def tell(pipeline: Pipeline, **said: object) -> Predicted:
    live = bool(said.pop("live", True))
    speak = said.pop("speak", None)
    request = ask(pipeline, EVENING, None, "predictions", **said)
    return predict(pipeline, request, live=live, speak=speak)  # type: ignore[arg-type]


def published(pipeline: Pipeline, *, is_backfill: bool) -> list[dict[str, object]]:
    found = stored_rows(pipeline.warehouse, PREDICTIONS)
    return [row for row in found if row["is_backfill"] is is_backfill]


def spoil(pipeline: Pipeline) -> None:
    """All that is computed is lost, and so is a box score without which it isn't made again."""
    for text in (*load().processors, f"{BOXES} WHERE game_id = 'east9'"):
        pipeline.warehouse._connection.execute(f"DELETE FROM {text}")
    pipeline.refresh()


class TestTold:
    def test_word_for_word(self, pipeline: Pipeline) -> None:
        found = tell(pipeline)
        assert found.overall is COMPLETED
        assert found.said
        assert (found.said.new, found.said.unchanged) == ({RULE: PLAYERS}, {})
        told = stored_rows(pipeline.warehouse, LIVE)
        computed = published(pipeline, is_backfill=True)
        names = COLUMNS[:-1]
        assert [[row[name] for name in names] for row in told] == [
            [row[name] for name in names] for row in computed
        ]
        assert {row["as_of"] for row in told} == {MOMENT}

    def test_published(self, pipeline: Pipeline) -> None:
        """As it was told, with the edge against the line that it was told with."""
        found = tell(pipeline)
        live = {row["player_lookup"]: row for row in published(pipeline, is_backfill=False)}
        assert len(live) == PLAYERS
        assert live["bos0"]["created_at"] == live["bos0"]["as_of"] == MOMENT
        assert (live["bos0"]["edge"], live["bos0"]["recommendation"]) == (1.5, "OVER")
        assert outcome(found.report, PREDICTIONS, EVENING).evidence.rows == 2 * PLAYERS

    def test_once(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        """An hour later nothing else is known; nor is anything by force."""
        tell(pipeline)
        before = stored_rows(pipeline.warehouse, LIVE)
        at(monkeypatch, MOMENT + timedelta(minutes=5))
        for force in (False, True):
            again = tell(pipeline, force=force)
            assert again.said
            assert (again.said.new, again.said.unchanged) == ({}, {RULE: PLAYERS})
            assert again.overall is COMPLETED
        assert stored_rows(pipeline.warehouse, LIVE) == before

    def test_what_is_new(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        """A line moves: one player is spoken of again, and what was said of him stays."""
        tell(pipeline)
        before = stored_rows(pipeline.warehouse, LIVE)
        small = season()
        small.line(EARLY, "bos0", 13.5, hours=0.4)
        correct(pipeline, ODDS, small.raw[ODDS])
        later = at(monkeypatch, MOMENT + timedelta(minutes=10))
        found = tell(pipeline).said
        assert found
        assert (found.new, found.unchanged) == ({RULE: 1}, {RULE: PLAYERS - 1})
        after = stored_rows(pipeline.warehouse, LIVE)
        (added,) = [row for row in after if row not in before]
        assert [row for row in after if row in before] == before
        assert (added["player_lookup"], added["as_of"]) == ("bos0", later)
        assert added["current_points_line"] == 13.5


def test_a_long_evening(tmp_path: Path) -> None:
    """Thousands of rows before the books have priced anybody: whole columns hold nothing."""
    contract, path = load().contracts[LIVE], tmp_path / "told.parquet"
    of_one = dict.fromkeys(COLUMNS) | {"game_date": day(EVENING), "system_id": RULE}
    rows = [tuple((of_one | {"player_lookup": f"p{n}"}).values()) for n in range(2_500)]
    _write(rows, MOMENT, contract, path)
    with Desk() as desk:
        desk.read("told", [path])
        counted = "SELECT count(*), count(points_line_provider), count(DISTINCT as_of) FROM told"
        assert desk.rows(counted) == [(len(rows), 0, 1)]


class TestAfterwards:
    def test_a_correction(self, pipeline: Pipeline) -> None:
        """What would be said is computed anew; what was said stands to the byte."""
        tell(pipeline)
        told = stored_rows(pipeline.warehouse, LIVE)
        live, computed = (published(pipeline, is_backfill=one) for one in (False, True))
        correct(pipeline, BOXES, season().rows_of("east9", "bos0", points=40))
        report = run(pipeline, EVENING, None, "predictions")
        assert outcome(report, PREDICTIONS, EVENING).status.value == "success"
        assert stored_rows(pipeline.warehouse, LIVE) == told
        assert published(pipeline, is_backfill=False) == live
        again = published(pipeline, is_backfill=True)
        assert [row for row in again if row not in computed] == [
            row for row in again if row["player_lookup"] == "bos0"
        ]

    def test_refused(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        at(monkeypatch, tipoff(EVENING))
        with pytest.raises(UsageError, match="backfill_mode"):
            tell(pipeline)
        assert stored_rows(pipeline.warehouse, PREDICTIONS) == []

    def test_backfilled(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        for moment in (MOMENT, tipoff(EVENING)):
            at(monkeypatch, moment)
            found = tell(pipeline, live=False)
            assert (found.said, found.overall) == (None, COMPLETED)
        assert stored_rows(pipeline.warehouse, LIVE) == published(pipeline, is_backfill=False) == []
        assert len(published(pipeline, is_backfill=True)) == PLAYERS


class TestNotTold:
    def test_a_game_that_has_begun(
        self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first began while all was computed: the second is told."""
        run(pipeline, EVENING, None, "predictions")
        at(monkeypatch, tipoff(EVENING))
        found = keep_live(pipeline, day(EVENING))
        assert (found.new, found.left_out) == ({RULE: PLAYERS // 2}, {"begun": PLAYERS // 2})
        assert found.overall is WITH_FINDINGS
        assert {row["game_id"] for row in stored_rows(pipeline.warehouse, LIVE)} == {LATE}

    def test_all_have_begun(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        run(pipeline, EVENING, None, "predictions")
        at(monkeypatch, tipoff(EVENING) + timedelta(hours=2))
        with pytest.raises(UsageError, match="is no prediction"):
            keep_live(pipeline, day(EVENING))
        assert stored_rows(pipeline.warehouse, LIVE) == []

    def test_no_tipoff(self) -> None:
        """What can't be shown to come before tip-off isn't live, and that is no success."""
        pipeline = season(tipoff_at=None).pipeline()
        found = tell(pipeline)
        assert found.said
        assert (found.said.rows, found.said.left_out) == (0, {"no_tipoff": PLAYERS})
        assert found.overall is BLOCKED
        assert "knows no tip-off" in found.said.reason
        assert stored_rows(pipeline.warehouse, LIVE) == []
        pipeline.warehouse.close()

    def test_a_line_of_later(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever sets the clock back can't have known it."""
        at(monkeypatch, tipoff(EVENING) - timedelta(hours=2))
        found = tell(pipeline).said
        assert found
        assert (found.new, found.left_out) == ({RULE: PLAYERS - 1}, {"line_from_later": 1})

    def test_not_ready(self, pipeline: Pipeline) -> None:
        """What it stands on can't be made: the answer says why, in the word of that."""
        spoil(pipeline)
        found = tell(pipeline)
        assert found.overall is BLOCKED
        assert found.said
        assert (found.said.moment, found.said.rows) == (None, 0)
        assert found.said.reason == outcome(found.report, PREDICTIONS, EVENING).reason != ""
        assert stored_rows(pipeline.warehouse, LIVE) == []

    def test_a_day_off(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        at(monkeypatch, MOMENT + timedelta(days=1))
        found = predict(pipeline, ask(pipeline, EVENING + 1, None, "predictions"), live=True)
        assert found.overall is COMPLETED
        assert found.said
        assert (found.said.rows, found.said.reason[:10]) == (0, "off-season")


@dataclass
class OneVoice:
    """A model that says the same of everybody."""

    pipeline: Pipeline
    points: float = 12.5
    said: int = 0

    def __call__(self, day: date, *, moment: datetime, is_backfill: bool) -> OneVoice:
        who = {"system_id": "ridge", "model_id": "steady", "model_state": "active"}
        read = {"feature_set": "v1", "feature_vector": "", "feature_hash": "none"}
        naive = moment.replace(tzinfo=None)
        when = {"as_of": naive, "created_at": naive, "is_backfill": is_backfill}
        rows = [
            {**who, **read, **when, "predicted_points": self.points}
            | {name: row[name] for name in ("game_date", "player_lookup", "game_id")}
            for row in published(self.pipeline, is_backfill=True)
            if row["system_id"] == RULE
        ]
        load_rows(self.pipeline.warehouse, {MODELS: rows})
        self.said = len(rows)
        return self

    @property
    def overall(self) -> Overall:
        return COMPLETED if self.said else WITH_FINDINGS

    def as_plain(self) -> dict[str, object]:
        return {"said": self.said}


class TestModels:
    def test_are_told_too(self, pipeline: Pipeline) -> None:
        found = tell(pipeline, speak=OneVoice(pipeline))
        assert found.spoken
        assert found.said
        assert found.spoken.said == PLAYERS
        assert found.said.new == {RULE: PLAYERS, "ridge": PLAYERS}
        told = [row for row in stored_rows(pipeline.warehouse, LIVE) if row["model_id"]]
        assert {(row["model_state"], row["feature_set"]) for row in told} == {("active", "v1")}
        assert len(told) == PLAYERS

    def test_one_that_says_nothing(self, pipeline: Pipeline) -> None:
        """Rules are told all the same, and nobody takes it for well."""
        found = tell(pipeline, speak=lambda *_, **__: OneVoice(pipeline))
        assert found.said
        assert found.said.new == {RULE: PLAYERS}
        assert (found.said.overall, found.overall) == (COMPLETED, WITH_FINDINGS)

    def test_are_not_asked_where_nothing_is_ready(self, pipeline: Pipeline) -> None:
        spoil(pipeline)
        assert tell(pipeline, speak=OneVoice(pipeline)).spoken is None


def test_two_at_once(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each at a moment of his own: what the second would say was said."""
    ticks = iter(range(1, 60))
    monkeypatch.setattr("pipeline.saying.now", lambda: now() + timedelta(seconds=next(ticks)))
    found: list[Predicted] = []
    threads = [Thread(target=lambda: found.append(tell(pipeline))) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.overall for one in found] == [COMPLETED, COMPLETED]
    moments = {one.said.moment for one in found if one.said}
    assert len(moments) == 2
    assert sorted(sum(one.said.new.values()) for one in found if one.said) == [0, PLAYERS]
    assert len(stored_rows(pipeline.warehouse, LIVE)) == PLAYERS


@pytest.mark.parametrize(
    ("step", "nth", "told"),
    [("finished", 1, 0), ("started", 2, PLAYERS)],
    ids=["before it is kept", "before it is published"],
)
@pytest.mark.parametrize("next_one", ["predicts", "runs"])
def test_killed(file: Path, step: str, nth: int, told: int, next_one: str) -> None:
    process = start(file, [(EVENING, EVENING)], step=step, nth=nth, predicts=True)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors
    pipeline = opened(file)
    assert len(stored_rows(pipeline.warehouse, LIVE)) == told
    assert published(pipeline, is_backfill=False) == []
    if next_one == "predicts":
        told = PLAYERS
        tell(pipeline)
    else:
        run(pipeline, EVENING, None, "predictions")
    live = Counter(row["player_lookup"] for row in published(pipeline, is_backfill=False))
    assert (len(live), set(live.values())) == (told, {1} if told else set())
    assert len(stored_rows(pipeline.warehouse, LIVE)) == told
    pipeline.warehouse.close()
