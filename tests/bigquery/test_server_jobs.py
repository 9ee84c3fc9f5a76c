"""Jobs: their ids, states, limits and ends, through the real client."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from tests.bigquery.conftest import connected
from tests.bigquery.errors import ApiError
from tests.bigquery.server import BigQueryServer

REPOSITORY = Path(__file__).resolve().parents[2]
ENDLESS = (
    "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 1000000)) AS a,"
    " UNNEST(GENERATE_ARRAY(1, 1000000)) AS b WHERE MOD(a * b, 7) = 3"
)


class TestIds:
    def test_of_the_client(self, client, server):
        job = client.query("SELECT 1", job_id="mine-1", job_retry=None)
        job.result()
        found = client.get_job("mine-1")
        assert (found.state, found.query) == ("DONE", "SELECT 1")
        assert server.jobs["mine-1"].configuration["query"]["query"] == "SELECT 1"

    def test_twice(self, client, server, games):
        sql = f"INSERT INTO {games} (game_id) VALUES ('once')"
        client.query(sql, job_id="mine-2", job_retry=None).result()
        with pytest.raises(
            exceptions.Conflict, match=r"Already Exists: Job tipoff-test:US\.mine-2"
        ):
            client.query(sql, job_id="mine-2", job_retry=None)
        assert client.get_job("mine-2").num_dml_affected_rows == 1
        assert client.get_table(games).num_rows == 5

    def test_sent_by_an_earlier_process(self, client, server):
        configuration = {"query": {"query": "SELECT 1", "useLegacySql": False}}
        server.plant_job("planted-1", configuration)
        server.plant_job("planted-2", configuration, ApiError("quotaExceeded", "no more today"))
        with pytest.raises(exceptions.Conflict):
            client.query("SELECT 1", job_id="planted-1", job_retry=None)
        assert client.get_job("planted-1").state == "DONE"
        assert client.get_job("planted-2").error_result["reason"] == "quotaExceeded"

    def test_unknown(self, client):
        with pytest.raises(exceptions.NotFound, match=r"Not found: Job tipoff-test:US\.nothing"):
            client.get_job("nothing")
        with pytest.raises(exceptions.NotFound):
            client.get_job("nothing", location="EU")

    def test_listed(self, client):
        client.query("SELECT 1", job_id="older", job_retry=None).result()
        client.query("SELECT 1", job_id="younger", job_retry=None).result()
        assert [one.job_id for one in client.list_jobs(max_results=2)] == ["younger", "older"]


class TestEnds:
    def test_failed(self, client):
        """A job that failed is a job: the insertion succeeded."""
        job = client.query("SELECT nope", job_id="failed-1", job_retry=None)
        assert (job.state, job.error_result["reason"]) == ("DONE", "invalidQuery")
        assert job.errors == [job.error_result]
        with pytest.raises(exceptions.BadRequest):
            job.result()
        assert client.get_job("failed-1").error_result == job.error_result

    def test_statistics(self, client, games):
        config = bigquery.QueryJobConfig(labels={"run": "r1"})
        job = client.query(f"SELECT points FROM {games}", job_config=config)
        job.result()
        assert (job.statement_type, job.cache_hit, job.labels) == ("SELECT", False, {"run": "r1"})
        assert [one.table_id for one in job.referenced_tables] == ["games"]
        assert job.created <= job.started <= job.ended

    def test_cancelled(self, client, server):
        hold = server.faults.hold(kind="query")
        job = client.query(ENDLESS)
        hold.release()
        time.sleep(0.3)
        job.cancel()
        while not job.done():
            time.sleep(0.01)
        assert job.error_result["reason"] == "stopped"
        assert "User requested cancellation" in job.error_result["message"]

    def test_timed_out(self, client):
        config = bigquery.QueryJobConfig(job_timeout_ms=200)
        job = client.query(ENDLESS, job_config=config)
        assert job.error_result["reason"] == "stopped"
        assert "timed out after 0.2 sec" in job.error_result["message"]
        assert [tuple(row) for row in client.query("SELECT 1").result()] == [(1,)]

    def test_timed_out_before_its_turn(self, client, server):
        """What another job is doing isn't interrupted."""
        hold = server.faults.hold(kind="query")
        first = client.query(ENDLESS, job_config=bigquery.QueryJobConfig(job_timeout_ms=1500))
        hold.release()
        time.sleep(0.2)
        began = time.monotonic()
        config = bigquery.QueryJobConfig(job_timeout_ms=50)
        second = client.query("SELECT 1", job_config=config)
        assert time.monotonic() - began > 0.2
        assert [job.error_result["reason"] for job in (second, client.get_job(first.job_id))] == [
            "stopped",
            "stopped",
        ]
        assert "0.05 sec" in second.error_result["message"]


class TestHeld:
    @pytest.mark.parametrize("state", ["PENDING", "RUNNING"])
    def test_until_it_is_released(self, client, server, games, state):
        server.wait = 0.05
        hold = server.faults.hold(kind="query", state=state)
        job = client.query(f"DELETE FROM {games} WHERE TRUE")
        assert (job.state, job.done()) == (state, False)
        assert client.get_table(games).num_rows == 4
        with pytest.raises(TimeoutError):
            job.result(timeout=0.1)
        hold.release()
        job.result()
        assert client.get_table(games).num_rows == 0

    def test_for_a_time(self, client, server, games):
        server.faults.hold(kind="copy", seconds=0.2)
        began = time.monotonic()
        job = client.copy_table(f"tipoff-test.{games}", f"tipoff-test.{games}_copied")
        assert job.state == "RUNNING"
        while not job.done():
            time.sleep(0.01)
        assert time.monotonic() - began >= 0.2
        assert job.error_result is None

    def test_others_go_on(self, client, server):
        hold = server.faults.hold(job_id="held-1")
        held = client.query("SELECT 1", job_id="held-1", job_retry=None)
        assert [tuple(row) for row in client.query("SELECT 2").result()] == [(2,)]
        hold.release()
        assert [tuple(row) for row in held.result()] == [(1,)]

    def test_cancelled(self, client, server, games):
        server.faults.hold(kind="query")
        job = client.query(f"DELETE FROM {games} WHERE TRUE")
        assert job.cancel()
        while not job.done():
            time.sleep(0.01)
        assert job.error_result["reason"] == "stopped"
        assert client.get_table(games).num_rows == 4

    def test_timed_out(self, client, server, games):
        server.faults.hold(kind="query")
        config = bigquery.QueryJobConfig(job_timeout_ms=50)
        job = client.query(f"DELETE FROM {games} WHERE TRUE", job_config=config)
        while not job.done():
            time.sleep(0.01)
        assert job.error_result["reason"] == "stopped"

    def test_answered_as_incomplete(self, client, server):
        hold = server.faults.hold(kind="query")
        body = {"query": "SELECT 1", "useLegacySql": False, "timeoutMs": 10}
        answer = client._connection.api_request("POST", "/projects/tipoff-test/queries", data=body)
        assert answer["jobComplete"] is False
        hold.release()
        job = client.get_job(answer["jobReference"]["jobId"])
        assert [tuple(row) for row in job.result()] == [(1,)]


CLIENT = """
import sys
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
client = bigquery.Client(
    project="tipoff-test",
    credentials=AnonymousCredentials(),
    client_options={"api_endpoint": sys.argv[1]},
)
job = client.query(sys.argv[2], job_id="orphan", job_retry=None)
print(job.state, flush=True)
job.result()
"""


class TestProcesses:
    def test_client_killed(self, client, server, games):
        """What a dead client has sent is carried out all the same."""
        hold = server.faults.hold(kind="query")
        sql = f"DELETE FROM {games} WHERE TRUE"
        command = [sys.executable, "-c", CLIENT, server.endpoint, sql]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as other:
            assert other.stdout.readline() == "RUNNING\n"
            other.send_signal(signal.SIGKILL)
        with pytest.raises(exceptions.Conflict):
            client.query(sql, job_id="orphan", job_retry=None)
        hold.release()
        assert client.get_job("orphan").result().num_dml_affected_rows == 4

    def test_server_of_its_own(self):
        command = [sys.executable, "-m", "tests.bigquery.server", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as other:
            try:
                endpoint = other.stdout.readline().strip()
                client = bigquery.Client(
                    project="tipoff-test",
                    credentials=AnonymousCredentials(),
                    client_options={"api_endpoint": endpoint},
                )
                assert [tuple(row) for row in client.query_and_wait("SELECT 1")] == [(1,)]
                client.close()
            finally:
                other.terminate()

    def test_many_at_once(self, server, games):
        """Every insert is there, and every answer is its own query's."""

        def work(number):
            with connected(server) as one:
                one.query(f"INSERT INTO {games} (points) VALUES ({number})").result()
                return [tuple(row) for row in one.query_and_wait(f"SELECT {number}")]

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(16))) == [[(number,)] for number in range(16)]
        with connected(server) as one:
            assert one.get_table(games).num_rows == 20

    def test_two_servers(self):
        with (
            BigQueryServer() as one,
            BigQueryServer() as other,
            connected(one) as first,
            connected(other) as second,
        ):
            first.create_dataset("mine")
            assert list(second.list_datasets()) == []
