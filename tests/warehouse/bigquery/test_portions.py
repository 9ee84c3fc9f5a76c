"""Appending more than one request may hold: in portions, each of them all or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from processors.errors import UsageError, WarehouseFailed
from tests.bigquery import scripts
from tests.bigquery.errors import ApiError
from tests.bigquery.preparing import Prepared
from tests.bigquery.server import BigQueryServer
from tests.bigquery.statements import Outcome
from tests.warehouse.bigquery.conftest import OpenShop, sent
from tests.warehouse.toys import dead_runs

RUNS, PARTITIONS = "nba_ops.runs", "nba_ops.partitions"
(STARTED,) = dead_runs(1)
ENDED = {**STARTED, "event": "finished"}
LARGE = [{"run_id": "run", "reason": "é" * 200_000} for _ in range(9)]
"""10.8 MB, as JSON spells it."""


def portions(server: BigQueryServer) -> list[tuple[list[str], int]]:
    """Of each job that brought rows: the events of its runs, and how many partitions. A job is one,
    however often it was sent: on a busy machine a line breaks."""
    found = []
    for job in server.jobs.values():
        rows: dict[str, list[Any]] = {
            one["name"]: one["parameterValue"]["arrayValues"]
            for one in job.configuration.get("query", {}).get("queryParameters", ())
            if one["name"] in ("runs_rows", "partitions_rows")
        }
        if rows:
            runs = [row["structValues"]["event"]["value"] for row in rows.get("runs_rows", ())]
            found.append((runs, len(rows.get("partitions_rows", ()))))
    return found


def test_the_start_first_and_the_end_last(open_shop: OpenShop, server: BigQueryServer) -> None:
    shop = open_shop()
    before = len(portions(server))
    shop.append({RUNS: [STARTED, ENDED], PARTITIONS: LARGE})
    assert shop.rows(f"SELECT COUNT(*) FROM `{PARTITIONS}`") == [(9,)]
    assert portions(server)[before:] == [(["started"], 5), (["finished"], 4)]


def test_as_little_as_one_request_holds(open_shop: OpenShop, server: BigQueryServer) -> None:
    shop = open_shop()
    before = len(portions(server))
    shop.append({RUNS: [STARTED, ENDED], PARTITIONS: LARGE[:5]})
    assert portions(server)[before:] == [(["started", "finished"], 5)]


def test_a_portion_that_is_refused(open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before it stays, with the start of the run: it is known not to have ended."""
    shop = open_shop()
    execute = scripts.execute

    def failing(prepared: Prepared) -> Outcome:
        for one in prepared.around.parameters["runs_rows"].value:
            if one["event"] == "finished":
                raise ApiError("invalidQuery", "planted")
        return execute(prepared)

    monkeypatch.setattr(scripts, "execute", failing)
    with pytest.raises(WarehouseFailed, match="planted"):
        shop.append({PARTITIONS: LARGE, RUNS: [ENDED, STARTED]})
    monkeypatch.undo()
    assert shop.rows(f"SELECT event FROM `{RUNS}`") == [("started",)]
    assert shop.rows(f"SELECT COUNT(*) FROM `{PARTITIONS}`") == [(5,)]


def test_a_column_that_there_is_not(open_shop: OpenShop, server: BigQueryServer) -> None:
    """Nor is sent what could have been sent before it."""
    shop = open_shop()
    with pytest.raises(UsageError, match="hold shoe_size, which has no column"):
        shop.append({PARTITIONS: [*LARGE, {"shoe_size": 1}]})
    assert sent(server) == []
