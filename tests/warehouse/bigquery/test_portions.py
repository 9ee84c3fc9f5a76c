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


def events(server: BigQueryServer) -> list[list[Any]]:
    """Of the runs' rows, by the job that brought them."""
    return [
        [row["structValues"]["event"]["value"] for row in one["parameterValue"]["arrayValues"]]
        for job in server.jobs.values()
        for one in job.configuration.get("query", {}).get("queryParameters", ())
        if one["name"] == "runs_rows"
    ]


def test_the_start_first_and_the_end_last(open_shop: OpenShop, server: BigQueryServer) -> None:
    shop = open_shop()
    before = len(events(server))
    shop.append({RUNS: [STARTED, ENDED], PARTITIONS: LARGE})
    assert sent(server) == ["query"] * 2
    assert shop.rows(f"SELECT COUNT(*) FROM `{PARTITIONS}`") == [(9,)]
    assert events(server)[before:] == [["started"], ["finished"]]


def test_as_little_as_one_request_holds(open_shop: OpenShop, server: BigQueryServer) -> None:
    shop = open_shop()
    shop.append({RUNS: [STARTED, ENDED], PARTITIONS: LARGE[:5]})
    assert sent(server) == ["query"]


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
