"""`POST /query`: a read, and nothing else, within its limits."""

from __future__ import annotations

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.service.conftest import Service

ROWS = "SELECT player_lookup FROM `nba_precompute.player_daily_cache`"


def ask(client: TestClient, sql: str, **more: object) -> httpx2.Response:
    return client.post("/query", json={"sql": sql, **more})


def test_rows(computed: TestClient) -> None:
    sql = (
        "SELECT COUNT(*) AS n, COUNTIF(points_avg_last_10 > 20)"
        " FROM `nba_precompute.player_daily_cache`"
    )
    said = ask(computed, sql).json()
    assert said["columns"] == ["n", "f0_"]
    assert said["rows"][0][0] > said["rows"][0][1] > 0


def test_limit(serve: Service, computed_season_file: object) -> None:
    """Asked for, or set: the smaller one; and it says that there is more."""
    client = serve(computed_season_file, query_max_rows=7)
    for limit, rows in ((3, 3), (100, 7)):
        said = ask(client, ROWS, limit=limit).json()
        assert (len(said["rows"]), said["truncated"]) == (rows, True)


def test_time(serve: Service, computed_season_file: object) -> None:
    client = serve(computed_season_file, query_seconds=0.2)
    endless = (
        f"SELECT COUNT(*) FROM ({ROWS}) AS a CROSS JOIN ({ROWS}) AS b CROSS JOIN ({ROWS}) AS c"
    )
    answer = ask(client, endless)
    assert answer.status_code == 422
    assert "given up after 0.2 s" in answer.json()["message"]
    assert ask(client, "SELECT 1").status_code == 200


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM `nba_raw.schedule` WHERE TRUE",
        "INSERT INTO `nba_ops.runs` (run_id) VALUES ('x')",
        "CREATE TABLE nba_raw.mine AS SELECT 1",
        "DROP TABLE `nba_raw.schedule`",
        "SELECT 1; DROP TABLE `nba_raw.schedule`",
        "ATTACH '/etc/passwd' AS other",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "PRAGMA database_list",
        "SET threads = 1",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM `/etc/passwd`",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM information_schema.tables",
        "SELECT getenv('HOME')",
        "WITH x AS (DELETE FROM nba_raw.schedule RETURNING game_id) SELECT * FROM x",
        "EXPORT DATABASE '/tmp/all'",
        "INSTALL httpfs",
    ],
)
def test_refused(computed: TestClient, sql: str) -> None:
    answer = ask(computed, sql)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"] == "query_refused"
    assert ask(computed, "SELECT COUNT(*) FROM `nba_raw.schedule`").json()["rows"][0][0] > 1000
