"""Cost over HTTP: a plan that is priced, and requests that are refused for what they would read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from clients.backfill.estimate import reading
from clients.backfill.line import Answered
from clients.backfill.looking import Looking
from clients.backfill.retrying import Backoff
from pipeline.days import parse_day
from service.models.answers import CostOf, PriceOf
from tests.pipeline.billed import read_by
from tests.service.conftest import Service
from tests.service.push.envelopes import envelope, landed
from warehouse.duckdb.engine import DuckDBWarehouse

GAMES = "nba_analytics.player_game_summary"
OFFENSE = "nba_analytics.team_offense_game_summary"
RANGE = {"start": "2025-11-03", "end": "2025-11-05"}


@pytest.fixture
def costly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading costs something."""
    monkeypatch.setattr(DuckDBWarehouse, "foretold_bytes", lambda _, __, span: read_by(span))


@pytest.fixture(scope="module")
def capped(serve: Service, raw_season_file: Path) -> TestClient:
    return serve(raw_season_file, bytes_cap="1 KB", chunk_dates=1)


@pytest.fixture(scope="module")
def begun(serve: Service, raw_season_file: Path) -> TestClient:
    """One date of one table is there."""
    client = serve(raw_season_file)
    asked = {"analysis_date": "2025-11-03", "processors": [GAMES]}
    assert client.post("/process-date", json=asked).status_code == 200
    return client


def priced(client: TestClient, **asked: object) -> dict[str, object]:
    answer = client.get("/plan", params={**RANGE, "bytes": True, "tables": GAMES, **asked})
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()["cost"]
    return found


class TestPlan:
    def test_free(self, raw: TestClient) -> None:
        cost = CostOf.model_validate(priced(raw))
        assert (cost.statements, cost.bytes) == (1, None)
        assert cost.said == "1 statement; reading costs nothing here"
        assert cost.tables[0] == PriceOf(
            table=GAMES, statements=1, bytes=None, modifications=0, share=None
        )

    def test_not_asked_for(self, raw: TestClient) -> None:
        assert raw.get("/plan", params=RANGE | {"tables": GAMES}).json()["cost"] is None

    def test_table_by_table(self, raw: TestClient, costly: None) -> None:
        cost = CostOf.model_validate(priced(raw, tables=OFFENSE))
        games, offense = cost.tables
        assert [games.table, offense.table] == [GAMES, OFFENSE]
        assert games.bytes == offense.bytes
        assert cost.bytes == 2 * (games.bytes or 0) > 0
        assert (games.modifications, games.share) == (0, 0)
        (alone, _) = CostOf.model_validate(priced(raw, tables=OFFENSE, chunk=1)).tables
        assert (alone.modifications, alone.share) == (3, 0.0001)
        assert (cost.statements, cost.dry_runs, cost.waiting) == (2, 2, 1)
        assert "by dry run of 2 statements; 1 reads what" in cost.said

    def test_as_this_service_computes_ranges(self, serve: Service, raw_season_file: Path) -> None:
        """In chunks as they are set, or as the question says."""
        client = serve(raw_season_file, chunk_dates=2)
        assert priced(client)["statements"] == 2
        assert priced(client, chunk=1)["statements"] == 3
        assert priced(client, chunk=3)["statements"] == 1

    def test_by_force(self, begun: TestClient) -> None:
        assert priced(begun, end="2025-11-03")["said"] == "nothing has to be computed"
        assert priced(begun, end="2025-11-03", force=True)["statements"] == 1


class TestCap:
    def test_date(self, capped: TestClient, costly: None) -> None:
        answer = capped.post("/process-date", json={"analysis_date": "2025-11-18"})
        self.refused(capped, answer.status_code, answer.json())

    def test_range(self, capped: TestClient, costly: None) -> None:
        """Before the first line, so that the code says it."""
        answer = capped.post("/process-range", json=RANGE)
        self.refused(capped, answer.status_code, answer.json())

    def test_rehearsal(self, capped: TestClient, costly: None) -> None:
        asked = {"analysis_date": "2025-11-18", "dataset_prefix": "try_"}
        answer = capped.post("/process-date", json=asked)
        self.refused(capped, answer.status_code, answer.json())

    def test_push(self, capped: TestClient, costly: None) -> None:
        """Another delivery wouldn't cure it: it is kept, with the reason."""
        said = capped.post("/pubsub/push", json=envelope(landed(day="2025-11-18")))
        assert said.status_code < 300
        (letter,) = capped.get("/dead-letters").json()["letters"]
        assert "too_costly" in str(letter)

    def test_dry_run(self, capped: TestClient, costly: None) -> None:
        """It reads nothing that is billed by the byte."""
        asked = {"analysis_date": "2025-11-18", "dry_run": True}
        assert capped.post("/process-date", json=asked).status_code == 200

    def test_free(self, serve: Service, raw_season_file: Path) -> None:
        asked = {"analysis_date": "2025-11-18", "processors": [GAMES]}
        client = serve(raw_season_file, bytes_cap="1 KB")
        assert client.post("/process-date", json=asked).status_code == 200

    @staticmethod
    def refused(client: TestClient, code: int, said: Mapping[str, object]) -> None:
        assert (code, said["error"], said["retryable"]) == (422, "too_costly", False)
        assert "TIPOFF_BYTES_CAP" in str(said["message"])
        details = said["details"]
        assert isinstance(details, dict)
        assert int(details["cap"]) == 1000 < int(details["bytes"])
        assert client.get("/runs").json()["runs"] == []


class Line:
    """To a service in this process."""

    url = "http://here"

    def __init__(self, client: TestClient) -> None:
        self.client = client

    async def ask(self, method: str, path: str, **said: object) -> Answered:
        answer = self.client.request(method, path, params=said["parameters"])  # type: ignore[arg-type]
        return Answered(answer.status_code, dict(answer.headers), answer.content)


def costs(client: TestClient, *days: str, alone: bool, force: bool = False) -> list[CostOf]:
    looking = Looking(Line(client), [GAMES], Backoff(attempts=1))  # type: ignore[arg-type]
    asked = [parse_day(day) for day in days]
    found = asyncio.run(looking.costs(asked, alone=alone, force=force))
    return list(found or ())


class TestBackfill:
    """What the client says before it begins."""

    def test_together_or_alone(self, raw: TestClient, costly: None) -> None:
        days = ("2025-11-05", "2025-11-03", "2025-11-04")
        (together,) = costs(raw, *days, alone=False)
        (alone,) = costs(raw, *days, alone=True)
        assert (together.statements, alone.statements) == (1, 3)
        assert (alone.bytes or 0) > (together.bytes or 0)
        said = reading([together], is_most=False)
        assert str(said) == f"{(together.bytes or 0) / 1000:.1f} KB by dry run"

    def test_by_force(self, begun: TestClient, costly: None) -> None:
        assert costs(begun, "2025-11-03", alone=True)[0].statements == 0
        assert costs(begun, "2025-11-03", alone=True, force=True)[0].statements == 1

    def test_free(self, raw: TestClient) -> None:
        assert reading(costs(raw, "2025-11-03", alone=True), is_most=False) is None

    def test_unknown(self) -> None:
        assert reading(None, is_most=False) is None

    def test_sums(self) -> None:
        """Parts of a backfill are of one day: what they modify adds up."""
        part = CostOf(
            said="",
            statements=9_000,
            bytes=4_000_000_000,
            dry_runs=40,
            waiting=2,
            findings=[],
            tables=[
                PriceOf(table=GAMES, statements=9, bytes=9, modifications=18_000, share=0.6),
                PriceOf(table=OFFENSE, statements=1, bytes=9, modifications=300, share=0.01),
            ],
        )
        one, both = reading([part], is_most=True), reading([part, part], is_most=True)
        assert one is not None
        assert both is not None
        assert both.bytes == 8_000_000_000
        assert one.findings == ()
        (finding,) = both.findings
        assert finding.startswith(f"{GAMES}: 120% of the modifications")
        assert str(both).startswith("8.00 GB by dry run; 4 statements more than that")
