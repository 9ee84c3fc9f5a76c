"""A player's page of a date, and the JSON behind it, without a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.trace.trails import TRAILS
from processors.features import FEATURES
from tests.pipeline.trace.leaking import with_the_leak
from tests.service.conftest import Service
from tests.service.page.reading_html import Page, page_of

DAY, BOOTSTRAP = "2026-01-15", "2025-10-28"
HOSTILE = '<img src=x onerror=alert(1)> & "Co"'
SOMEBODY = f"""
SELECT held.player_lookup
FROM `nba_predictions.ml_feature_store_v2` AS held
JOIN `nba_analytics.player_game_summary` AS game
  ON game.game_date = held.game_date AND game.player_lookup = held.player_lookup
  AND NOT game.is_dnp
JOIN `nba_raw.odds_player_points` AS line
  ON line.game_date = held.game_date AND line.player_lookup = held.player_lookup
JOIN `nba_raw.schedule` AS slate ON slate.game_id = line.game_id
WHERE held.game_date = '{DAY}' AND held.pts_slope_10g != 0 AND line.captured_at > slate.tipoff_at
ORDER BY held.points_avg_season DESC, held.player_lookup
LIMIT 1
"""


def somebody(client: TestClient) -> str:
    """Who has a row, played on the day, and had a line after tip-off too."""
    rows = client.post("/query", json={"sql": SOMEBODY}).json()["rows"]
    return str(rows[0][0])


@pytest.fixture(scope="module")
def player(computed: TestClient) -> str:
    return somebody(computed)


@pytest.fixture(scope="module")
def leaky(
    serve: Service, computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> TestClient:
    return serve(with_the_leak(computed_season_file, tmp_path_factory.mktemp("leaky")))


def told(client: TestClient, player: str, day: str = DAY) -> dict[str, Any]:
    answer = client.get(f"/trace/{day}/{player}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def show(client: TestClient, player: str, day: str = DAY, code: int = 200, **asked: object) -> Page:
    answer = client.get(f"/dates/{day}/players/{player}", params=asked)
    assert answer.status_code == code, answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]
    return page_of(answer)


def rows_by_class(page: Page, name: str) -> int:
    return len(page.all("tr", **{"class": name}))


class TestTrace:
    def test_all_features_in_order(self, computed: TestClient, player: str) -> None:
        features = told(computed, player)["features"]
        assert [one["name"] for one in features] == [one.name for one in FEATURES]
        assert [one["sentence"] for one in features] == [one.formula for one in FEATURES]
        assert all(one["comes_from"] for one in features)

    def test_the_stored_values(self, computed: TestClient, player: str) -> None:
        names = ", ".join(one.name for one in FEATURES)
        sql = (
            f"SELECT {names} FROM `nba_predictions.ml_feature_store_v2`"
            f" WHERE game_date = '{DAY}' AND player_lookup = '{player}'"
        )
        (row,) = computed.post("/query", json={"sql": sql}).json()["rows"]
        assert [one["value"] for one in told(computed, player)["features"]] == row

    def test_every_value_is_what_the_games_come_to(self, computed: TestClient, player: str) -> None:
        unchecked = sum(1 for trail in TRAILS.values() if trail.unchecked)
        assert told(computed, player)["verdicts"] == {
            "equal": len(FEATURES) - unchecked,
            "not_recomputed": unchecked,
        }

    def test_its_games(self, computed: TestClient, player: str) -> None:
        found = told(computed, player)
        ten = found["features"][1]
        (window,) = ten["comes_from"]
        assert (window["whose"], window["says"]) == ("player", "his last 10 played games")
        played = [one for one in found["games"] if one["played"] and not one["of_the_date"]]
        this_season = [one for one in played if one["season_year"] == found["season_year"]]
        assert window["games"] == [one["date"] for one in this_season[:10]]
        added = sum(one["points"] for one in this_season[:10])
        assert ten["value"] == pytest.approx(added / 10)
        assert ten["check"]["steps"].endswith(f"= {added}; / 10 = {added / 10:g}")
        assert found["games"][0]["of_the_date"]

    def test_lines_from_after_tipoff_are_marked(self, computed: TestClient, player: str) -> None:
        found = told(computed, player)
        tipoff = found["setting"]["tipoff_at"]
        assert {one["before_tipoff"] for one in found["lines"]} == {True, False}
        assert all(one["before_tipoff"] == (one["captured_at"] < tipoff) for one in found["lines"])

    def test_nobody_of_that_name(self, computed: TestClient, player: str) -> None:
        answer = computed.get(f"/trace/{DAY}/{player}x")
        assert answer.status_code == 422
        assert f"near are {player}" in answer.json()["message"]
        assert computed.get(f"/trace/{DAY}/{'x' * 200}").status_code == 422


class TestPage:
    def test_last_ten_at_once(self, computed: TestClient, player: str) -> None:
        page = show(computed, player)
        check = told(computed, player)["features"][1]["check"]
        assert "points_avg_last_10" in page.text
        assert check["steps"] in page.text
        assert "✓ equal" in page.text
        assert rows_by_class(page, "used") == 10
        assert "the date itself: must not be in any number" in page.text
        assert "player_form.points_avg_last_10 : Mean, last 10." in page.text

    def test_every_feature_can_be_picked(self, computed: TestClient, player: str) -> None:
        picked = [str(a["href"]) for a in show(computed, player).all("a") if "hx-get" in a]
        assert len(picked) == len(FEATURES)
        for one, feature in zip(told(computed, player)["features"], FEATURES, strict=True):
            assert f"/dates/{DAY}/players/{player}?feature={feature.name}#evidence" in picked
            page = show(computed, player, feature=feature.name)
            assert page.all("section", id="evidence")[0]["data-feature"] == feature.name
            dates = {
                (window["whose"], day) for window in one["comes_from"] for day in window["games"]
            }
            lines = {window["whose"] for window in one["comes_from"]} & {"lines", "game_lines"}
            if not lines:
                assert rows_by_class(page, "used") == len(dates), feature.name

    def test_its_address_is_the_games(self, computed: TestClient, player: str) -> None:
        """From a game to the trace of that date, with the same feature picked."""
        page = show(computed, player, feature="pts_slope_10g")
        games = [one for one in told(computed, player)["games"] if not one["of_the_date"]]
        links = [str(a["href"]) for a in page.all("a")]
        for game in games:
            assert f"/dates/{game['date']}/players/{player}?feature=pts_slope_10g" in links
        assert f"/dates/{DAY}" in links

    def test_null_is_null(self, computed: TestClient, player: str) -> None:
        absent = [one for one in told(computed, player)["features"] if one["value"] is None]
        page = show(computed, player)
        assert page.text.count("NULL") >= len(absent)

    def test_bootstrap(self, computed: TestClient, player: str) -> None:
        page = show(computed, player, BOOTSTRAP)
        assert "No row of the feature store: season day 7 of 2025-26" in page.text
        assert page.text.count("no row") >= len(FEATURES)
        assert "✓" not in page.text

    def test_nothing_computed(self, raw: TestClient, player: str) -> None:
        page = show(raw, player)
        assert "nobody is known to be expected" in page.text

    def test_unknown(self, computed: TestClient, player: str) -> None:
        assert f"near are {player}" in show(computed, f"{player}x", code=422).text
        page = show(computed, player, code=422, feature="points_avg_last_11")
        assert "did you mean points_avg_last_10?" in page.text

    def test_nothing_inline(self, computed: TestClient, player: str) -> None:
        page = show(computed, player)
        assert not any("style" in attributes for _, attributes in page.tags)
        assert all(one.get("src") for one in page.all("script"))
        wide = page.all("div", role="region")
        assert wide
        assert all(one["tabindex"] == "0" for one in wide)

    def test_a_hostile_name_is_text(
        self, serve: Service, computed_season_file: Path, player: str
    ) -> None:
        client = serve(computed_season_file)
        pipeline = client.app.state.office.pipeline  # type: ignore[attr-defined]
        for table in ("nba_raw.players", "nba_analytics.player_game_summary"):
            pipeline.warehouse._connection.execute(
                f"UPDATE {table} SET player_name = $name WHERE player_lookup = $player",
                {"name": HOSTILE, "player": player},
            )
        page = show(client, player)
        assert HOSTILE in page.text
        assert not page.all("img")
        assert not show(client, HOSTILE.replace("/", ""), code=422).all("img")


class TestLeak:
    def test_it_is_loud(self, leaky: TestClient) -> None:
        player = somebody(leaky)
        page = show(leaky, player)
        assert re.search(rf"\d+ values contain the game of {DAY}\.", page.text)
        assert f"This value contains the game of {DAY}." in page.text
        assert "It was let in through player_asof" in page.text
        assert "not what is stored" in page.text
        assert len(page.all("div", id="leak")) == 1
        assert page.all("p", role="alert")

    def test_it_says_which(self, leaky: TestClient) -> None:
        player = somebody(leaky)
        leaked = {
            one["name"]
            for one in told(leaky, player)["features"]
            if one["check"]["verdict"] == "contains_the_date"
        }
        assert {"points_avg_last_10", "points_avg_season", "pts_slope_10g"} <= leaked
        assert "team_pace" not in leaked
        clean = show(leaky, player, feature="team_pace")
        assert "This value contains" not in clean.text
