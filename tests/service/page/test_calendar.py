"""The season calendar: it says what coverage and plan say, and stays small."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import duckdb
import pytest
from starlette.testclient import TestClient

from pipeline.state import State
from processors.registry import load
from service.page.assets import assets
from service.page.calendar import ITS_DATE, ITS_ROWS, in_words, outlines
from service.page.words import mark
from tests.service.conftest import Service
from warehouse.duckdb.engine import DuckDBWarehouse

MOST_BYTES = 150_000
LATE = "2026-07-01T12:00:00-04:00"
CACHE = "nba_precompute.player_daily_cache"
DEFENSE = "nba_analytics.team_defense_game_summary"
HOSTILE = "<script>alert('x')</script>"
JANUARY = "?month=2026-01"


@pytest.fixture(autouse=True)
def after_the_season(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPOFF_NOW", LATE)


@pytest.fixture(scope="module")
def holed(
    serve: Service, computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> TestClient:
    """Something is missing, something failed with a hostile message, something is stale."""
    file = tmp_path_factory.mktemp("holed") / "season.duckdb"
    shutil.copy(computed_season_file, file)
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"DELETE FROM {DEFENSE} WHERE game_date IN ('2026-01-05', '2026-01-06')")
        connection.execute(
            "INSERT INTO nba_ops.partitions BY NAME SELECT * REPLACE ('failed' AS status,"
            " $said AS reason, NULL AS output_fingerprint,"
            " recorded_at + INTERVAL 1 SECOND AS recorded_at) FROM nba_ops.partitions"
            " WHERE table_name = $defense AND partition_date = '2026-01-06'",
            {"said": HOSTILE, "defense": DEFENSE},
        )
        connection.execute(
            "UPDATE nba_ops.partitions SET logic_version = 'older'"
            " WHERE table_name = $cache AND partition_date = '2026-01-20'",
            {"cache": CACHE},
        )
    return serve(file)


@pytest.fixture(scope="module")
def empty(serve: Service, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    file = tmp_path_factory.mktemp("empty") / "season.duckdb"
    warehouse = DuckDBWarehouse(file)
    warehouse.migrate(list(load().contracts.values()))
    warehouse.close()
    return serve(file)


def shown(client: TestClient, query: str = "") -> str:
    answer = client.get(f"/{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return answer.text


def details(text: str) -> dict[str, list]:
    (block,) = re.findall(
        r'<script type="application/json" id="cells">(.*?)</script>', text, re.DOTALL
    )
    return json.loads(block)


class TestAnswer:
    def test_coverage_is_that_of_the_api(self, holed: TestClient) -> None:
        found = holed.get("/calendar").json()
        coverage = holed.get("/coverage").json()
        assert [one["coverage"] for one in found["tables"]] == coverage["coverage"]
        assert found["fill"] == coverage["fill"]

    def test_states_are_those_of_the_plan(self, holed: TestClient) -> None:
        found = holed.get("/calendar?month=2026-01").json()
        plan = holed.get("/plan?start=2026-01-01&end=2026-01-31").json()
        states = {
            (one["table"], one["date"]): (one["state"], one["reason"])
            for one in plan["items"]
            if one["asked"] and one["state"] != State.NO_GAMES
        }
        assert {
            (one["table"], one["date"]): (one["state"], one["reason"]) for one in found["cells"]
        } == states

    def test_words(self, holed: TestClient) -> None:
        found = holed.get("/calendar?month=2026-01").json()
        words = {(one["table"], one["date"]): one["word"] for one in found["cells"]}
        assert words[DEFENSE, "2026-01-05"] == "missing"
        assert words[DEFENSE, "2026-01-06"] == "failed"
        assert words[DEFENSE, "2026-01-07"] == "success"
        assert words[CACHE, "2026-01-20"] == "stale_code"
        last = {(one["table"], one["date"]): one["last"] for one in found["cells"] if one["last"]}
        assert last[DEFENSE, "2026-01-06"]["reason"] == HOSTILE
        assert last[DEFENSE, "2026-01-06"]["recorded_at"].endswith("Z")

    def test_each_date_of_the_season(self, computed: TestClient) -> None:
        found = computed.get("/calendar").json()
        assert (found["season"], found["month"]) == ("2025-26", "2026-06")
        dates = [one["date"] for one in found["days"]]
        assert dates == sorted(set(dates))
        assert sum(one["dates"] for one in found["months"]) == len(dates)
        assert sum(one["undone"] for one in found["months"]) == 0
        for one in found["tables"]:
            assert len(one["words"]) == len(dates)
            assert set(one["words"]) <= {"success", "bootstrap"}

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("season=2001-02", "season 2001-02: the schedule knows 2025-26"),
            ("month=2024-01", "month 2024-01: this season has 2025-10"),
            ("month=2025-13", "month 2025-13: this season has 2025-10"),
            ("season=x", "season x: the schedule knows 2025-26"),
            ("seasn=2025-26", "seasn"),
        ],
    )
    def test_refused(self, computed: TestClient, query: str, said: str) -> None:
        answer, page = computed.get(f"/calendar?{query}"), computed.get(f"/?{query}")
        assert answer.status_code == page.status_code == 422
        assert said in answer.json()["message"]
        assert said in page.text
        assert "<h1>That can't be shown</h1>" in unescape(page.text)


class TestPage:
    def test_whole(self, computed: TestClient) -> None:
        text = shown(computed)
        found = computed.get("/calendar").json()["tables"]
        stands = sum(one["coverage"]["standing"] for one in found)
        assert f"<strong>{stands:,} of {stands:,} = 100 %</strong>" in text
        assert "whatever can stand in this season stands" in text
        assert "197 of 197 = 100 %" in text
        assert "14 bootstrap" in text

    def test_cells(self, holed: TestClient) -> None:
        text = shown(holed, JANUARY)
        for day, word in (("2026-01-05", "missing"), ("2026-01-06", "failed")):
            said = mark(word)
            cell = f'<td class="{said.css}"><a href="/dates/{day}">{said.sign}<b>{word}</b></a>'
            assert text.count(cell) == 1
        assert "<b>stale code</b>" in text
        cells = holed.get(f"/calendar{JANUARY}").json()["cells"]
        assert text.count("</b></a>") == len(cells) == len(details(text)["cells"])

    def test_details_are_those_of_the_answer(self, holed: TestClient) -> None:
        """In the order of the cells, each with what is said of it."""
        found = details(shown(holed, JANUARY))

        def told(reason: int, of: dict) -> str:
            parts = (found["texts"][one] for one in found["reasons"][reason])
            signs = {ITS_DATE: of["date"], ITS_ROWS: str(of["rows"])}
            return "; ".join(parts).translate(str.maketrans(signs))

        for (kind, rows, reason), cell in zip(
            found["cells"], holed.get(f"/calendar{JANUARY}").json()["cells"], strict=True
        ):
            why, *places = found["kinds"][kind]
            word, state, blind, *last = [found["texts"][one] for one in places]
            assert (word, state, told(why, cell), blind, rows) == (
                cell["word"],
                cell["state"],
                cell["reason"],
                cell["blind"],
                cell["rows"],
            )
            assert told(reason, cell) == cell["last"]["reason"]
            assert last == [
                cell["last"]["status"],
                cell["last"]["run_id"],
                cell["last"]["recorded_at"][:19].replace("T", " "),
            ]
            assert set(found["marks"]) >= {word, state, last[0]}

    def test_gaps_share_a_line(self, raw: TestClient) -> None:
        """Fifteen tables lack the same dates; a line for each reason, with its command."""
        text = shown(raw)
        gaps = text.split('<ul class="gaps">')[1].split("</ul>")[0]
        assert 0 < gaps.count("<li>") < 15
        assert "player_game_summary, player_lines" in gaps
        assert "tipoff run --start 2025-10-21" in gaps

    def test_what_is_said_is_text(self, holed: TestClient) -> None:
        text = shown(holed, JANUARY)
        assert HOSTILE not in text
        assert HOSTILE in details(text)["texts"]

    def test_nothing_that_the_policy_forbids(self, holed: TestClient) -> None:
        text = shown(holed)
        assert not re.search(r"\sstyle=|\son\w+=", text)
        for script in re.findall(r"<script([^>]*)>", text):
            assert "src=" in script or 'type="application/json"' in script

    def test_small(self, holed: TestClient, raw: TestClient) -> None:
        """All that the first view fetches, unpacked."""
        for client in (holed, raw):
            for month in ("2025-12", "2026-01"):
                text = shown(client, f"?month={month}")
                files = re.findall(r'"/static/([^"?]+)', text)
                size = len(text.encode()) + sum(len(assets()[name].content) for name in files)
                assert {"page.css", "calendar.css", "calendar.js"} < set(files)
                assert size < MOST_BYTES

    def test_seasons_and_months_are_links(self, holed: TestClient) -> None:
        text = shown(holed, "?month=2025-12")
        assert '<a id="s2025-26" href="/?season=2025-26" aria-current="page">' in text
        (link,) = re.findall(r'<a id="m2025-12" href="([^"]*)"[^>]*aria-current', text)
        assert '<h2 id="month">December 2025</h2>' in shown(holed, unescape(link).lstrip("/"))

    def test_a_season_to_come(self, raw: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TIPOFF_NOW", "2025-09-01T12:00:00-04:00")
        assert '<span class="quiet">coming</span>' in shown(raw)

    def test_nothing_loaded(self, empty: TestClient) -> None:
        text = shown(empty)
        assert "<h1>Nothing is loaded yet</h1>" in text
        assert "tipoff sample --seasons 2" in text
        assert empty.get("/calendar").json()["season"] is None


class TestStrip:
    def test_neighbours_of_one_look_are_one_box(self) -> None:
        words = ["bootstrap"] * 2 + ["success", "unchanged", "failed", "success"]
        assert outlines(words) == [
            ("bootstrap", "M0 4h2v4h-2z"),
            ("good", "M2 0h2v12h-2zM5 0h1v12h-1z"),
            ("failed", "M4 0h1v12h-1z"),
        ]

    def test_in_words(self) -> None:
        assert in_words(["success", "missing", "success"]) == "2 stands; 1 missing"


def test_days_off_are_blank(computed: TestClient) -> None:
    text = shown(computed, "?month=2025-12")
    played = {one["date"] for one in computed.get("/calendar").json()["days"]}
    days = [date(2025, 12, 1) + timedelta(number) for number in range(31)]
    off = [day for day in days if str(day) not in played]
    assert off
    assert not any(f"/dates/{day}" in text for day in off)
    grid = text.split('id="grid"')[1].split("</table>")[0]
    assert grid.split("<tbody>")[1].count("<td>") == len(off) * len(load().processors)
