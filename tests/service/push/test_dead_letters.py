"""`tipoff dead-letters`: the same on a free warehouse and through the service that owns it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from pipeline.run import Pipeline
from processors.registry import load
from service.push.letters import Letters
from service.push.message import read_push
from service.push.receipt import Kind, dead
from service.push.working import Worker
from tests.clients.serving import Said, say, serving
from tests.service.push.envelopes import BOXES, envelope, landed
from warehouse.duckdb.engine import DuckDBWarehouse

MENDED = envelope(landed(BOXES, "2025-10-21"), message_id="mended")
STRANGE = envelope(landed("nba_raw.box_scores", "2025-10-21"), message_id="strange")
BODIES = [b"not a push", json.dumps(STRANGE).encode(), json.dumps(MENDED).encode()]


@pytest.fixture(params=["in place", "through the owner"])
def season(
    request: pytest.FixtureRequest,
    raw_season_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """Three letters wait: two that nothing can help, and one whose cause is gone."""
    monkeypatch.setenv("TIPOFF_NOW", "2025-10-21T23:00:00-04:00")
    path = tmp_path / "season.duckdb"
    shutil.copy(raw_season_file, path)
    with closing(DuckDBWarehouse(path)) as warehouse:
        worker = Worker(Pipeline(warehouse, load()), owns_analytics=True)
        for body in BODIES:
            push = read_push(body)
            mended = dead(Kind.REJECTED, "no row of 140 expected entities")
            receipt = mended if body is BODIES[-1] else worker.work(push)
            Letters(warehouse).keep(push, receipt)
    with serving(path) if request.param == "through the owner" else nullcontext():
        yield path


def letters(path: Path, *options: str) -> list[dict[str, object]]:
    said = say(path, "dead-letters", "list", "--json", *options)
    assert said.code == 0, said
    found: list[dict[str, object]] = json.loads(said.out)["letters"]
    return found


def replay(path: Path, *which: str) -> Said:
    return say(path, "dead-letters", "replay", *which)


def test_from_the_list_to_the_replay(season: Path) -> None:
    rejected, strange, malformed = letters(season)
    assert [one["kind"] for one in (rejected, strange, malformed)] == [
        "rejected",
        "unknown_table",
        "malformed",
    ]
    assert (rejected["source_table"], rejected["analysis_date"]) == (BOXES, "2025-10-21")
    assert malformed["body"] is None
    assert (malformed["subscription"], malformed["message_id"]) == (None, None)

    table = say(season, "dead-letters", "list", "--limit", "2").out
    assert "did you mean" in table
    assert str(malformed["letter_id"]) not in table

    shown = say(season, "dead-letters", "show", str(strange["letter_id"]))
    assert json.loads(shown.out) == strange | {"body": json.dumps(STRANGE)}

    done = replay(season, str(rejected["letter_id"]))
    assert done.code == 0
    assert ": done, " in done.err

    both = replay(season, "--all", "--json")
    assert both.code == 1
    outcomes = [json.loads(line) for line in both.out.splitlines()]
    assert [one["letter_id"] for one in outcomes] == [malformed["letter_id"], strange["letter_id"]]
    assert {one["outcome"] for one in outcomes} == {"dead_letter"}

    assert [one["letter_id"] for one in letters(season)] == [
        strange["letter_id"],
        malformed["letter_id"],
    ]
    settled, *_ = letters(season, "--settled")
    assert settled["replayed_at"] is not None
    assert settled["kind"] == "rejected"
    assert "replayed" in say(season, "dead-letters", "list", "--settled").out


def test_refused(season: Path) -> None:
    some_id = str(letters(season)[0]["letter_id"])
    for words in (
        ["replay"],
        ["replay", some_id, "--all"],
        ["replay", "2026"],
        ["show", "%"],
        ["show", "../plan"],
        ["list", "--limit", "0"],
    ):
        said = say(season, "dead-letters", *words)
        assert said.code == 64, (words, said)
        assert said.out == ""
