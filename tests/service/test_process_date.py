"""`POST /process-date`: as users' clients post it, and as they shouldn't."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.clock import today
from pipeline.days import parse_day
from tests.service.conftest import Service

DAY = "2026-01-15"
PRECOMPUTE = [
    "nba_precompute.team_defense_zone_analysis",
    "nba_precompute.player_shot_zone_analysis",
    "nba_precompute.player_composite_factors",
    "nba_precompute.player_daily_cache",
    "nba_predictions.ml_feature_store_v2",
]


def post(client: TestClient, **body: object) -> Any:
    return client.post("/process-date", json=body)


def faults(client: TestClient, **body: object) -> list[dict[str, Any]]:
    answer = post(client, **body)
    assert answer.status_code == 422
    assert answer.json()["error"] == "usage"
    found: list[dict[str, Any]] = answer.json()["faults"]
    return found


class TestAnswer:
    def test_first_time_and_again(self, raw: TestClient) -> None:
        """The users' backfill client counts the successes of exactly this body."""
        body = {"analysis_date": DAY, "backfill_mode": True, "processors": []}
        first = post(raw, **body)
        assert first.status_code == 200
        said = first.json()
        assert said["status"] == "completed"
        assert [one["table"] for one in said["results"]] == PRECOMPUTE
        assert sum(one["status"] == "success" for one in said["results"]) == 5
        assert all(one["rows"] > 0 and one["rows_expected"] > 0 for one in said["results"])
        assert {one["status"] for one in said["prepared"]} <= {"success", "skipped_bootstrap"}
        assert (said["season_year"], said["season_day"]) == (2025, 86)
        assert set(said["logic_versions"]) == set(PRECOMPUTE)
        again = post(raw, **body).json()
        assert {one["status"] for one in again["results"]} == {"unchanged"}
        assert again["prepared"] == []
        assert again["run_id"] != said["run_id"]

    def test_names(self, computed: TestClient) -> None:
        names = ["MLFeatureStoreProcessor", "player_daily_cache"]
        said = post(computed, analysis_date=DAY, processors=names).json()
        assert [one["processor"] for one in said["results"]] == [
            "PlayerDailyCacheProcessor",
            "MLFeatureStoreProcessor",
        ]

    def test_force(self, computed: TestClient) -> None:
        said = post(computed, analysis_date=DAY, processors=["player_daily_cache"], force=True)
        assert [one["status"] for one in said.json()["results"]] == ["success"]

    def test_dry_run(self, raw: TestClient) -> None:
        said = post(raw, analysis_date="2026-03-02", dry_run=True).json()
        assert (said["status"], said["run_id"], said["results"]) == ("dry_run", None, [])
        asked = [item for item in said["plan"]["items"] if item["asked"]]
        assert [item["table"] for item in asked] == PRECOMPUTE
        assert {item["state"] for item in asked} == {"missing"}
        assert post(raw, analysis_date="2026-03-02", dry_run=True).json() == said

    @pytest.mark.parametrize(
        ("day", "status", "reason"),
        [
            ("2025-10-25", "skipped_bootstrap", "season day 4"),
            ("2026-07-20", "skipped_no_games", "off-season"),
        ],
    )
    def test_skipped(self, computed: TestClient, day: str, status: str, reason: str) -> None:
        answer = post(computed, analysis_date=day)
        assert answer.status_code == 200
        results = answer.json()["results"]
        assert {one["status"] for one in results} == {status}
        assert all(reason in one["reason"] for one in results)

    def test_not_owning_analytics(self, serve: Service, raw_season_file: Path) -> None:
        """Where others make the analytics tables, what they haven't made blocks."""
        client = serve(raw_season_file, owned_layers="precompute")
        answer = post(client, analysis_date=DAY)
        assert answer.status_code == 424
        said = answer.json()
        assert (said["status"], said["prepared"]) == ("blocked", [])
        assert {one["status"] for one in said["results"]} == {"blocked"}
        assert "nba_analytics.team_asof" in said["results"][0]["reason"]


class TestTwoAtOnce:
    def test_same_date(self, raw: TestClient) -> None:
        """One computes, the others find it done; there is no double row."""
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: post(raw, analysis_date="2026-02-05"), range(8)))
        assert {answer.status_code for answer in answers} == {200}
        statuses = [one["status"] for answer in answers for one in answer.json()["results"]]
        assert (statuses.count("success"), statuses.count("unchanged")) == (5, 35)
        doubled = raw.post(
            "/query",
            json={
                "sql": "SELECT player_lookup FROM `nba_precompute.player_daily_cache`"
                " WHERE analysis_date = '2026-02-05' GROUP BY 1 HAVING COUNT(*) > 1"
            },
        )
        assert doubled.json()["rows"] == []


class TestRefused:
    def test_misspelled_fields(self, computed: TestClient) -> None:
        found = faults(computed, game_date=DAY, isBackfill=True)
        assert {one["field"]: one["nearest"] for one in found} == {
            "analysis_date": None,
            "game_date": "analysis_date",
            "isBackfill": "backfill_mode",
        }
        assert "did you mean analysis_date" in found[1]["message"]

    @pytest.mark.parametrize(
        ("said", "nearest"),
        [
            ("2024-02-30", "2024-02-29"),
            ("11/18/2024", "2024-11-18"),
            ("18.11.2024", "2024-11-18"),
            ("2024-11-18T00:00:00Z", "2024-11-18"),
            ("TODYA", "TODAY"),
            ("soon", None),
            (20241118, None),
            (None, None),
            (["2024-11-18"], None),
        ],
    )
    def test_dates(self, computed: TestClient, said: object, nearest: str | None) -> None:
        (fault,) = faults(computed, analysis_date=said)
        assert (fault["field"], fault["nearest"]) == ("analysis_date", nearest)

    def test_unknown_processor(self, computed: TestClient) -> None:
        answer = post(computed, analysis_date=DAY, processors=["PlayerDailyCachProcessor"])
        assert answer.status_code == 422
        assert "did you mean PlayerDailyCacheProcessor?" in answer.json()["message"]

    def test_types_are_not_bent(self, computed: TestClient) -> None:
        (fault,) = faults(computed, analysis_date=DAY, backfill_mode="true")
        assert (fault["field"], fault["value"]) == ("backfill_mode", "true")

    def test_no_json(self, computed: TestClient) -> None:
        answer = computed.post(
            "/process-date", content=b"{", headers={"content-type": "application/json"}
        )
        assert answer.status_code == 422
        assert "no JSON" in answer.json()["message"]

    def test_too_large(self, computed: TestClient) -> None:
        assert computed.post("/process-date", content=b" " * 1_000_001).status_code == 413

    def test_too_large_without_saying_so(self, computed: TestClient) -> None:
        answer = computed.post("/process-date", content=(b" " * 100_000 for _ in range(11)))
        assert answer.status_code == 413


class TestWords:
    """Words for days are Eastern, wherever the clock stands."""

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2024-11-18T23:30:00-08:00", date(2024, 11, 19)),  # 23:30 Pacific
            ("2024-11-18T03:30:00+00:00", date(2024, 11, 17)),  # 03:30 UTC
            ("2024-11-03T00:30:00-04:00", date(2024, 11, 3)),  # clocks go back
            ("2024-11-03T23:30:00-05:00", date(2024, 11, 3)),
            ("2024-11-04T04:30:00+00:00", date(2024, 11, 3)),
            ("2025-03-09T00:30:00-05:00", date(2025, 3, 9)),  # clocks go forward
            ("2025-03-09T23:30:00-04:00", date(2025, 3, 9)),
            ("2025-03-10T03:30:00+00:00", date(2025, 3, 9)),
        ],
    )
    def test_today(
        self, computed: TestClient, monkeypatch: pytest.MonkeyPatch, now: str, expected: date
    ) -> None:
        monkeypatch.setenv("TIPOFF_NOW", now)
        assert today(datetime.fromisoformat(now).astimezone(UTC)) == expected
        said = {
            word: post(computed, analysis_date=word, dry_run=True).json()["analysis_date"]
            for word in ("TODAY", "YESTERDAY", "TOMORROW", "AUTO")
        }
        ordinals = {word: date.fromisoformat(day).toordinal() for word, day in said.items()}
        offsets = {word: at - expected.toordinal() for word, at in ordinals.items()}
        assert offsets == {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1, "AUTO": -1}
        assert parse_day("TODAY") == expected
