"""A date's page, without a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.page.row_table import text_of
from tests.service.conftest import Service
from tests.service.page.reading_html import Page, page_of

DAY, BOOTSTRAP, SUMMER = "2026-01-15", "2025-10-25", "2025-08-01"
HOSTILE = '<script>alert(1)</script> & "Co"'


@pytest.fixture(scope="module")
def hostile(serve: Service, computed_season_file: Path) -> TestClient:
    """One player is called what nobody is called."""
    client = serve(computed_season_file)
    pipeline = client.app.state.office.pipeline  # type: ignore[attr-defined]
    pipeline.warehouse._connection.execute(
        "UPDATE nba_raw.players SET player_name = $name WHERE player_lookup ="
        f" (SELECT MIN(player_lookup) FROM nba_predictions.ml_feature_store_v2"
        f" WHERE game_date = '{DAY}')",
        {"name": HOSTILE},
    )
    return client


def show(client: TestClient, day: str, code: int = 200, **asked: object) -> Page:
    answer = client.get(f"/dates/{day}", params=asked)
    assert answer.status_code == code, answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]
    return page_of(answer)


def rows_of(page: Page) -> list[str]:
    """The addresses of the players in the rows."""
    return [str(a["href"]) for a in page.all("a") if "/players/" in str(a["href"])]


class TestTop:
    def test_date_with_games(self, computed: TestClient) -> None:
        page = show(computed, DAY)
        assert f"{DAY}, Thursday" in page.text
        assert re.search(r"2025-26 · season day 86 · \d+ games, \d+ over", page.text)
        before, after = page.all("a", rel="prev"), page.all("a", rel="next")
        assert [one["href"] for one in before + after] == [
            "/dates/2026-01-14",
            "/dates/2026-01-16",
        ]
        assert "First thing missing" not in page.text

    def test_bootstrap(self, computed: TestClient) -> None:
        page = show(computed, BOOTSTRAP)
        assert "Bootstrap , season day 4 of 2025-26" in page.text
        assert "the first date processed is 2025-11-04" in page.text
        assert "by design" in page.text

    def test_placeholders(self, serve: Service, raw_season_file: Path) -> None:
        """They are rows, and the page doesn't deny them."""
        client = serve(raw_season_file, bootstrap_placeholders=True)
        body = {"analysis_date": "2025-10-23", "processors": ["ml_feature_store_v2"]}
        assert client.post("/process-date", json=body).status_code == 200
        page = show(client, "2025-10-23")
        assert "by design; placeholders stand in ml_feature_store_v2." in page.text
        assert rows_of(page)

    def test_missing(self, raw: TestClient) -> None:
        page = show(raw, DAY)
        assert "First thing missing" in page.text
        assert f"tipoff run --start {DAY} --end {DAY}" in page.text

    def test_still_to_come(self, raw: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
        """As this season has been played, only a date without final games is still to come."""
        pipeline = raw.app.state.office.pipeline  # type: ignore[attr-defined]
        pipeline.warehouse._connection.execute(
            "UPDATE nba_raw.schedule SET status = 'scheduled' WHERE game_date = '2026-03-05'"
        )
        pipeline.refresh()
        monkeypatch.setenv("TIPOFF_NOW", "2026-03-04T09:00:00-05:00")
        page = show(raw, "2026-03-05")
        assert "Still to come" in page.text
        assert "What it waits for" in page.text
        assert "tipoff run" not in page.text
        assert "tipoff import" not in page.text

    @pytest.mark.parametrize(
        ("day", "words"),
        [
            (SUMMER, "off-season: 2025-26 starts on 2025-10-21"),
            ("2026-02-14", "nobody plays, so nothing is expected"),
            ("2031-01-01", "off-season: the schedule ends on"),
            ("2020-01-01", "starts on 2025-10-21"),
        ],
    )
    def test_without_games(self, computed: TestClient, day: str, words: str) -> None:
        page = show(computed, day)
        assert words in page.text
        assert "No row of ml_feature_store_v2 is stored for this date." in page.text


class TestTables:
    def test_each_at_its_anchor(self, computed: TestClient) -> None:
        """In dependency order, closed where nothing is to be done."""
        page = show(computed, DAY)
        branches = page.all("details", **{"class": "branch"})
        assert len(branches) == 19
        assert (branches[0]["id"], branches[-1]["id"]) == (
            "player_game_summary",
            "prediction_accuracy",
        )
        assert not [one for one in branches if "open" in one]

    def test_first_to_be_done_is_open(self, raw: TestClient) -> None:
        branches = show(raw, DAY).all("details", **{"class": "branch"})
        assert ["open" in one for one in branches] == [True] + [False] * 18

    def test_evidence_is_no_blob(self, computed: TestClient) -> None:
        page = show(computed, DAY)
        assert "games on season day 86 of 2025-26" in page.text
        assert "{'" not in page.text
        assert "{&#34;" not in page.text

    def test_ids_once(self, computed: TestClient) -> None:
        page = show(computed, DAY)
        ids = [one["id"] for _, one in page.tags if one.get("id")]
        assert len(ids) == len(set(ids))
        anchors = {str(one["href"])[1:] for one in page.all("a") if one["href"][0] == "#"}
        assert anchors <= set(ids)


class TestRows:
    def test_paged(self, computed: TestClient) -> None:
        first = show(computed, DAY)
        assert len(rows_of(first)) == 50
        assert rows_of(first)[0].startswith(f"/dates/{DAY}/players/")
        (after,) = first.all("a", id="rows-next")
        assert after["href"] == f"/dates/{DAY}?table=ml_feature_store_v2&player=&page=2#rows"
        assert after["hx-get"] == str(after["href"]).removesuffix("#rows")
        second = show(computed, DAY, page=2)
        assert second.all("a", id="rows-previous")
        assert set(rows_of(first)).isdisjoint(rows_of(second))

    def test_searched(self, computed: TestClient) -> None:
        lookup = rows_of(show(computed, DAY))[3].rpartition("/")[2]
        page = show(computed, DAY, player=lookup.upper())
        assert rows_of(page) == [f"/dates/{DAY}/players/{lookup}"]
        assert f"match “{lookup.upper()}”" in page.text
        nothing = show(computed, DAY, player="no such one")
        assert "No name and no lookup of this date's rows holds “no such one”." in nothing.text
        assert rows_of(show(computed, DAY, player="_")) == []

    def test_null(self, computed: TestClient) -> None:
        assert "NULL" in show(computed, DAY, table="ml_feature_store_v2").text

    def test_table_without_players(self, computed: TestClient) -> None:
        """Whoever changes the table with a name typed in is told, and sees all."""
        page = show(computed, DAY, table="team_form", player="adr")
        assert "team_form holds no players: all of its" in page.text
        assert rows_of(page) == []
        (kept,) = page.all("input", name="player")
        assert kept["value"] == "adr"

    def test_page_after_the_last(self, computed: TestClient) -> None:
        page = show(computed, DAY, page=99)
        assert "There is no page 99: the last one is 3." in page.text
        (back,) = page.all("a", id="rows-previous")
        assert "page=3" in str(back["href"])

    def test_hostile_name_and_search(self, hostile: TestClient) -> None:
        page = show(hostile, DAY)
        assert HOSTILE in page.text
        assert [one.get("src", "").split("?")[0] for one in page.all("script")] == [
            "/static/htmx-2.0.11.min.js",
            "/static/date.js",
        ]
        found = show(hostile, DAY, player=HOSTILE)
        assert len(rows_of(found)) == 1
        (typed,) = found.all("input", name="player")
        assert typed["value"] == HOSTILE


class TestRefused:
    @pytest.mark.parametrize("day", ["2026-13-01", "someday", "2026-1-5x"])
    def test_no_date(self, computed: TestClient, day: str) -> None:
        assert "That can't be shown" in show(computed, day, 422).text

    def test_no_table(self, computed: TestClient) -> None:
        page = show(computed, DAY, 422, table="player_frm")
        assert "did you mean player_form" in page.text

    def test_no_page(self, computed: TestClient) -> None:
        assert "greater than or equal to 1" in show(computed, DAY, 422, page="0").text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (None, 6, None),
        (23.4, 6, "23.4"),
        (100.0, 6, "100"),
        (0.000001, 6, "0.000001"),
        (20.0, 0, "20"),
        (2025, None, "2025"),
        (True, None, "true"),
        ("", None, "“”"),
        ("NULL", None, "NULL"),
    ],
)
def test_cells(value: object, digits: int | None, text: str | None) -> None:
    assert text_of(value, digits) == text
