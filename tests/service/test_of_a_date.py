"""`GET /rows`, `/quarantine`, `/audits`, and what `/explain` and `/runs` say of one date."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.audit.verdict import AuditKind, Verdict, Word, remember
from tests.service.conftest import Service

DAY, SUMMER = "2026-01-15", "2025-08-01"
FEATURES = "nba_predictions.ml_feature_store_v2"
SUMMARY = "nba_analytics.player_game_summary"


@pytest.fixture(scope="module")
def broken(serve: Service, raw_season_file: Path) -> TestClient:
    """One bad box score on the date; the date is computed, and of one table audited."""
    client = serve(raw_season_file)
    pipeline = client.app.state.office.pipeline  # type: ignore[attr-defined]
    pipeline.warehouse._connection.execute(
        "UPDATE nba_raw.player_boxscores SET fg_made = fg_attempted + 1 WHERE player_lookup ="
        " (SELECT MIN(player_lookup) FROM nba_raw.player_boxscores"
        f" WHERE game_date = '{DAY}' AND fg_attempted > 0) AND game_date = '{DAY}'"
    )
    pipeline.refresh()
    body = {"analysis_date": DAY, "processors": ["player_game_summary"]}
    assert client.post("/process-date", json=body).json()["status"] == "completed_with_findings"
    stored = pipeline.assessor.content.stored(pipeline.registry.contracts[SUMMARY])
    remember(
        pipeline.warehouse,
        [
            Verdict(
                kind=AuditKind.BLINDNESS,
                table=SUMMARY,
                day=date.fromisoformat(DAY),
                word=Word.PASSED,
                reason="blind",
                output_fingerprint=str(stored[date.fromisoformat(DAY)]),
            )
        ],
    )
    return client


def get(client: TestClient, path: str, **asked: object) -> dict[str, Any]:
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestRows:
    def test_page_after_page(self, computed: TestClient) -> None:
        """Each row once, as many as are stored."""
        first = get(computed, f"/rows/{DAY}")
        assert (first["table"], first["page"], len(first["rows"])) == (FEATURES, 1, 50)
        at = [one["name"] for one in first["columns"]].index("player_lookup")
        pages = [get(computed, f"/rows/{DAY}", page=n + 1) for n in range(first["pages"] + 1)]
        found = [row[at] for page in pages for row in page["rows"]]
        assert found == sorted(set(found))
        assert len(found) == first["in_all"] == first["in_search"]
        assert pages[-1]["rows"] == []

    def test_columns_as_declared(self, computed: TestClient) -> None:
        columns = {one["name"]: one for one in get(computed, f"/rows/{DAY}")["columns"]}
        points = columns["points_avg_last_10"]
        assert (points["unit"], points["type"], points["is_key"]) == ("points", "FLOAT64", False)
        assert [name for name, one in columns.items() if one["is_key"]] == [
            "game_date",
            "player_lookup",
        ]

    def test_by_player(self, computed: TestClient) -> None:
        """By his lookup and by his name as it is written."""
        table = "player_game_summary"
        whole = get(computed, f"/rows/{DAY}", table=table)
        at = [one["name"] for one in whole["columns"]].index("player_lookup")
        lookup, name = whole["rows"][7][at], whole["names"][7]
        for said in (lookup.upper(), name, f" {name[1:]} "):
            found = get(computed, f"/rows/{DAY}", table=table, player=said)
            assert [row[at] for row in found["rows"]] == [lookup]
            assert (found["in_all"], found["in_search"]) == (whole["in_all"], 1)
        assert get(computed, f"/rows/{DAY}", table=table, player="%")["in_search"] == 0

    def test_first_table_with_rows(self, computed: TestClient, raw: TestClient) -> None:
        """In bootstrap the features have none; where nothing is stored, nothing is found."""
        assert get(computed, "/rows/2025-10-25")["table"] == SUMMARY
        assert get(raw, f"/rows/{DAY}")["table"] == FEATURES
        assert get(raw, f"/rows/{DAY}")["in_all"] == 0

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ({"table": "player_frm"}, "did you mean player_form"),
            ({"table": "nba_raw.players"}, "no computed table is called"),
            ({"table": "team_form", "player": "a"}, "holds no players"),
            ({"page": 0}, "greater than or equal to 1"),
            ({"limit": 5}, "there is no field limit"),
        ],
    )
    def test_refused(self, computed: TestClient, asked: dict[str, Any], words: str) -> None:
        answer = computed.get(f"/rows/{DAY}", params=asked)
        assert (answer.status_code, words in answer.json()["message"]) == (422, True)


class TestQuarantineAndAudits:
    def test_quarantine(self, broken: TestClient) -> None:
        (found,) = get(broken, "/quarantine", date=DAY, table="player_game_summary")["set_aside"]
        assert (found["reason"], found["rows"]) == ("made_more_than_attempted", 1)
        assert found["is_latest"]
        (example,) = found["examples"]
        assert example["row"]["fg_made"] == example["row"]["fg_attempted"] + 1
        assert get(broken, "/quarantine", date=DAY, table="team_form")["set_aside"] == []
        assert broken.get("/quarantine").status_code == 422

    def test_audits(self, broken: TestClient) -> None:
        (found,) = get(broken, "/audits", date=DAY)["audits"]
        assert (found["kind"], found["table"]) == ("blindness", SUMMARY)
        assert (found["verdict"], found["reason"]) == ("passed", "blind")
        assert found["is_of_stored"]
        assert get(broken, "/audits", date=SUMMER)["audits"] == []


class TestExplainAndRuns:
    def test_explain(self, broken: TestClient) -> None:
        found = get(broken, f"/explain/{DAY}")
        assert found["around"]["season"] == "2025-26"
        tables = {one["table"]: one for one in found["tables"]}
        summary, features = tables[SUMMARY], tables[FEATURES]
        assert (summary["state"], summary["word"]) == ("fresh", "partial")
        assert summary["latest"]["evidence"]["quarantined"]
        (boxes,) = [one for one in summary["inputs"] if one["table"] == "nba_raw.player_boxscores"]
        games = found["around"]["games"]
        assert (boxes["read"]["found"], boxes["read"]["needed"]) == (games, games)
        assert (features["word"], features["rows"], features["latest"]) == ("blocked", 0, None)
        missing = [one["read"] for one in features["inputs"] if not one["read"]["present"]]
        assert missing
        assert all(one["found"] < max(one["needed"], 1) for one in missing)

    def test_runs_of_a_date(self, broken: TestClient) -> None:
        (found,) = get(broken, "/runs", date=DAY)["runs"]
        assert found["of_date"] == {"partial": 1}
        assert [one["of_date"] for one in get(broken, "/runs")["runs"]] == [None]
