"""`POST /drift`: dates of other code and tables out of shape are named, kept, logged and told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.drift.answering import answering, stored
from tests.oracle.tiny import day
from tests.pipeline.small import OFFENSE, TEAM_FORM, ask, league
from tests.service.test_schedule import firing

OLDER = "an-older-logic"
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Eight dates of the analytics tables, all by the code that runs."""
    file = tmp_path_factory.mktemp("drift") / "small.duckdb"
    stored(league(8), file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIPOFF_NOW", f"{day(8)}T12:00:00-05:00")
        with answering(file, commit="4a" * 20) as found:
            pipeline = found.office.pipeline
            pipeline.run(ask(pipeline, 0, 7, OFFENSE, TEAM_FORM))
            yield found


@pytest.fixture
def client(there: Any) -> TestClient:
    from service.app import create_app

    return TestClient(create_app(there.office), raise_server_exceptions=False)


def by_hand(there: Any, sql: str) -> None:
    there.office.pipeline.warehouse._connection.execute(sql)
    there.office.pipeline.refresh()


@pytest.fixture
def older(there: Any) -> Any:
    """Three dates of one table that another code wrote."""
    where = f"table_name = '{OFFENSE}' AND partition_date BETWEEN '{day(2)}' AND '{day(4)}'"
    (now,) = there.office.pipeline.warehouse._connection.execute(
        f"SELECT DISTINCT logic_version FROM nba_ops.partitions WHERE {where}"
    ).fetchone()
    by_hand(there, f"UPDATE nba_ops.partitions SET logic_version = '{OLDER}' WHERE {where}")
    yield
    by_hand(there, f"UPDATE nba_ops.partitions SET logic_version = '{now}' WHERE {where}")


def test_clean(client: TestClient, there: Any, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.post("/drift", json={})
    said = answer.json()
    assert (answer.status_code, said["verdict"], said["tables"]) == (200, "passed", [])
    assert said["counts"] == {"passed": len(there.office.pipeline.registry.processors)}
    assert (said["commit"], said["revision"], said["date"]) == ("4a" * 20, None, str(day(8)))
    assert "drift" not in caplog.text


def test_what_another_address_has_done_is_not_done(client: TestClient) -> None:
    """Of a job of the same name, at the same moment."""
    headers = firing("05:00")
    drifted = client.post("/drift", json={}, headers=headers).json()
    verified = client.post("/verify", json={}, headers=headers).json()
    assert drifted["verdict"] == "passed"
    assert verified["verdict"] == "undetermined"
    assert verified["run_id"] != drifted["run_id"]


@pytest.mark.usefixtures("older")
def test_other_code(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.post("/drift", json={})
    said = answer.json()
    assert (answer.status_code, said["verdict"]) == (500, "failed")
    (table,) = said["tables"]
    assert (table["table"], table["verdict"]) == (OFFENSE, "failed")
    assert f"3 dates, {day(2)} to {day(4)}, were written by other code" in table["reason"]
    assert table["evidence"] == {
        "dates": 3,
        "first": str(day(2)),
        "last": str(day(4)),
        "written_by": {OLDER: 3},
    }
    (line,) = [one for one in caplog.records if "drift" in getattr(one, "fields", {})]
    assert line.levelname == "ERROR"
    assert line.fields == {  # type: ignore[attr-defined]
        "drift": "failed",
        "tables": [OFFENSE],
        "commit": "4a" * 20,
        "revision": None,
    }
    kept = client.get("/audits", params={"date": str(day(8))}).json()["audits"]
    assert {(one["kind"], one["verdict"]) for one in kept if one["table"] == OFFENSE} == {
        ("drift", "failed")
    }
    (run,) = client.get("/runs", params={"run_id": said["run_id"]}).json()["runs"]
    assert (run["status"], run["request"]["about"]["kind"]) == ("failed", "drift")


def test_a_lost_column(client: TestClient, there: Any) -> None:
    by_hand(there, "ALTER TABLE nba_raw.players ADD COLUMN somebodys INTEGER")
    said = client.post("/drift", json={}).json()
    by_hand(there, "ALTER TABLE nba_raw.players DROP COLUMN somebodys")
    (table,) = said["tables"]
    assert (table["table"], said["verdict"]) == ("nba_raw.players", "failed")
    assert "somebodys" in table["evidence"]["schema"][0]


def test_which_code_is_unknown(
    client: TestClient, there: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Cloud Run, where it should be known."""
    monkeypatch.setenv("K_REVISION", "tipoff-00007-abc")
    assert client.post("/drift", json={}).json()["revision"] == "tipoff-00007-abc"
    unknown = there.office.settings.model_copy(update={"commit": None})
    monkeypatch.setattr(there.office, "settings", unknown)
    answer = client.post("/drift", json={})
    assert (answer.status_code, answer.json()["verdict"]) == (424, "undetermined")
    assert client.get("/version").json()["revision"] == "tipoff-00007-abc"


def test_firing_twice(client: TestClient, request: pytest.FixtureRequest) -> None:
    """What has passed isn't looked at again; what hasn't is."""
    first = client.post("/drift", json={}, headers=firing("05:00")).json()
    request.getfixturevalue("older")
    again = client.post("/drift", json={}, headers=firing("05:00")).json()
    assert (again["verdict"], again["duplicate_of"]) == ("passed", first["run_id"])
    codes = [client.post("/drift", json={}, headers=firing("06:00")).status_code for _ in "12"]
    assert codes == [500, 500]


def test_refused(client: TestClient) -> None:
    answer = client.post("/drift", json={"tables": []})
    assert (answer.status_code, answer.json()["faults"][0]["field"]) == (422, "tables")


def test_rows_that_no_ledger_knows(client: TestClient, there: Any) -> None:
    """Which code wrote them nobody knows, and that is not clean."""
    of_date = f"table_name = '{OFFENSE}' AND partition_date = '{day(3)}'"
    by_hand(there, f"CREATE TEMP TABLE words AS SELECT * FROM nba_ops.partitions WHERE {of_date}")
    by_hand(there, f"DELETE FROM nba_ops.partitions WHERE {of_date}")
    try:
        answer = client.post("/drift", json={})
    finally:
        by_hand(there, "INSERT INTO nba_ops.partitions SELECT * FROM words")
    (found,) = answer.json()["tables"]
    assert (answer.status_code, found["table"], found["verdict"]) == (424, OFFENSE, "undetermined")
    assert f"1 stored dates, {day(3)} to {day(3)}, are in no ledger" in found["reason"]


def test_no_season(client: TestClient, there: Any) -> None:
    """Nothing could be looked at: that says nothing."""
    by_hand(there, "CREATE TEMP TABLE games AS SELECT * FROM nba_raw.schedule")
    by_hand(there, "DELETE FROM nba_raw.schedule")
    try:
        answer = client.post("/drift", json={})
    finally:
        by_hand(there, "INSERT INTO nba_raw.schedule SELECT * FROM games")
    assert answer.status_code == 424
    assert answer.json()["counts"] == {
        "undetermined": len(there.office.pipeline.registry.processors)
    }
