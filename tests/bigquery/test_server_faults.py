"""Planted faults, as the real client meets them; and what is counted."""

from __future__ import annotations

import pytest
import requests
from google.api_core import exceptions
from google.cloud import bigquery

from tests.bigquery.counting import Counted

QUICK = bigquery.DEFAULT_RETRY.with_delay(initial=0.01, maximum=0.01)
TABLE = "/projects/{project}/datasets/{dataset}/tables/{table}"
DATASETS = "/projects/{project}/datasets"
JOBS = "/projects/{project}/jobs"


def statuses(server, route=None):
    return [one.status for one in server.requests if route in (None, one.route)]


class TestAnswers:
    @pytest.mark.parametrize(
        ("reason", "status"), [("rateLimitExceeded", 403), ("backendError", 503)]
    )
    def test_asked_again(self, client, server, games, reason, status):
        server.faults.answer(reason, method="GET", route=TABLE, times=2)
        assert client.get_table(games, retry=QUICK).num_rows == 4
        assert statuses(server) == [status, status, 200]

    def test_not_asked_again(self, client, server, games):
        server.faults.answer("quotaExceeded", "no more today", route=TABLE)
        with pytest.raises(exceptions.Forbidden, match="no more today") as caught:
            client.get_table(games, retry=QUICK)
        assert caught.value.errors[0]["reason"] == "quotaExceeded"
        assert statuses(server) == [403]

    def test_the_second(self, client, server, games):
        server.faults.answer("quotaExceeded", route=TABLE, nth=2)
        client.get_table(games)
        with pytest.raises(exceptions.Forbidden):
            client.get_table(games)
        client.get_table(games)
        assert statuses(server) == [200, 403, 200]

    def test_of_one_kind_of_job(self, client, server, games):
        server.faults.answer("quotaExceeded", kind="copy")
        client.query("SELECT 1").result()
        with pytest.raises(exceptions.Forbidden):
            client.copy_table(f"tipoff-test.{games}", f"tipoff-test.{games}_copied")

    def test_once_the_work_was_done(self, client, server, dataset):
        server.faults.answer("backendError", method="POST", route=DATASETS, after=True)
        with pytest.raises(exceptions.Conflict):
            client.create_dataset(f"{dataset}_more", retry=QUICK)
        assert statuses(server) == [503, 409]
        assert client.get_dataset(f"{dataset}_more")

    def test_cleared(self, client, server, games):
        server.faults.answer("quotaExceeded", route=TABLE)
        server.faults.clear()
        client.get_table(games)


class TestConnections:
    def test_broken_before_the_work(self, client, server, dataset):
        server.faults.reset(method="POST", route=DATASETS)
        client.create_dataset(f"{dataset}_more", retry=QUICK)
        assert statuses(server) == [0, 200]

    def test_broken_after_the_work(self, client, server, dataset):
        server.faults.reset(method="POST", route=DATASETS, after=True)
        with pytest.raises(exceptions.Conflict):
            client.create_dataset(f"{dataset}_more", retry=QUICK)
        assert statuses(server) == [0, 409]

    def test_not_asked_again(self, client, server, dataset):
        server.faults.reset(method="POST", route=DATASETS)
        with pytest.raises(requests.exceptions.ConnectionError):
            client.create_dataset(f"{dataset}_more", retry=None)

    def test_job_was_taken_in(self, client, server, games):
        """The client sends the job again, is told that it exists, and adopts it."""
        server.faults.reset(kind="query", route=JOBS, after=True)
        sql = f"INSERT INTO {games} (game_id) VALUES ('once')"
        client.query(sql, retry=QUICK).result()
        assert statuses(server, JOBS) == [0, 409]
        assert client.get_table(games).num_rows == 5

    def test_query_was_answered(self, client, server, games):
        """jobs.query knows a request that is sent again by its id."""
        server.faults.reset(kind="query", route="/projects/{project}/queries", after=True)
        sql = f"INSERT INTO {games} (game_id) VALUES ('once')"
        assert client.query_and_wait(sql, retry=QUICK).num_dml_affected_rows == 1
        assert statuses(server) == [0, 200]
        assert client.get_table(games).num_rows == 5

    def test_late(self, client, server, games):
        server.faults.delay(0.3, route=TABLE)
        with pytest.raises(requests.exceptions.ReadTimeout):
            client.get_table(games, timeout=0.1, retry=None)
        assert client.get_table(games, timeout=5).num_rows == 4


class TestCounting:
    def test_requests(self, client, server, dataset):
        client.query("SELECT 1", job_config=bigquery.QueryJobConfig(dry_run=True))
        client.query("SELECT 1")
        with pytest.raises(exceptions.NotFound):
            client.get_table(f"{dataset}.nothing")
        assert server.requests == [
            Counted("POST", JOBS, "query", True, 200),
            Counted("POST", JOBS, "query", False, 200),
            Counted("GET", TABLE, None, False, 404),
        ]

    def test_jobs(self, client, server, games):
        known = set(server.jobs)
        client.query("SELECT 1").result()
        client.copy_table(f"tipoff-test.{games}", f"tipoff-test.{games}_copied").result()
        kinds = [job.kind for job_id, job in server.jobs.items() if job_id not in known]
        assert kinds == ["query", "copy"]
