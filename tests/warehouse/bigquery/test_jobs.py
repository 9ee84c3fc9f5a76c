"""Jobs against a server that speaks BigQuery's protocol: sent once, whatever befalls them."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession
from google.cloud.bigquery import QueryJobConfig

from processors.columns import Type
from processors.errors import (
    ContractError,
    QuotaExceeded,
    TooCostly,
    UsageError,
    WarehouseDenied,
    WarehouseFailed,
    WarehouseTransient,
)
from tests.bigquery.errors import ApiError
from tests.bigquery.server import BigQueryServer
from tests.warehouse.bigquery.conftest import Naps
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import Connection, pause
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.parameters import Typed
from warehouse.bigquery.request import Destination, Request, Write

JOBS = "/projects/{project}/jobs"
JOB = f"{JOBS}/{{job}}"
DAY = date(2024, 11, 18)


def asked(text: str = "SELECT 1 AS x", **said: object) -> Request:
    return Request(what="a test", text=text, **said)  # type: ignore[arg-type]


@pytest.fixture
def sent(server: BigQueryServer) -> Callable[[], int]:
    """How many jobs have been sent."""
    return lambda: len([one for one in server.requests if one.kind and one.method == "POST"])


@pytest.fixture
def table(connection: Connection, jobs: Jobs, address: Address) -> str:
    """A table by days of `made_on` with two toys on each of two days."""
    connection.client.create_dataset(address.dataset("nba_raw"), timeout=60)
    name = address.table("nba_raw.toys")
    jobs.run(asked(f"CREATE TABLE `{name}` (made_on DATE, name STRING) PARTITION BY made_on"))
    for day in ("2024-11-18", "2024-11-19"):
        jobs.run(
            asked(f"INSERT INTO `{name}` (made_on, name) VALUES ('{day}', 'a'), ('{day}', 'b')")
        )
    return name


class TestRows:
    def test_values(self, jobs: Jobs) -> None:
        found = jobs.rows(
            asked(
                "SELECT @day AS d, @at AS t, 1.5 AS f, 'x' AS s, TRUE AS b, 7 AS i,"
                " @nothing AS n, [@at] AS many, STRUCT(@at AS t) AS one",
                parameters={
                    "day": DAY,
                    "at": datetime(2024, 11, 18, 12, 0, 0, 5),
                    "nothing": Typed(None, Type.DATE),
                    "unused": object(),
                },
            )
        )
        noon = datetime(2024, 11, 18, 12, 0, 0, 5)
        assert found == [(DAY, noon, 1.5, "x", True, 7, None, [noon], {"t": noon})]
        assert [type(one) for one in found[0][:2]] == [date, datetime]

    def test_numeric_is_refused(self, jobs: Jobs) -> None:
        with pytest.raises(WarehouseFailed, match=r"gives total \(NUMERIC\): CAST it to FLOAT64"):
            jobs.rows(asked("SELECT NUMERIC '1.5' AS total"))

    def test_pages(self, jobs: Jobs) -> None:
        text = "SELECT x FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS x ORDER BY x"
        assert jobs.rows(asked(text)) == [(number,) for number in range(1, 25_001)]

    def test_two_requests(self, jobs: Jobs, server: BigQueryServer) -> None:
        """Sent, and read with the rows: nothing is asked for twice."""
        jobs.rows(asked())
        assert len(server.requests) == 2

    def test_nothing(self, jobs: Jobs) -> None:
        assert jobs.rows(asked("SELECT 1 AS x LIMIT 0")) == []

    def test_missing_parameter(self, jobs: Jobs, sent: Callable[[], int]) -> None:
        with pytest.raises(UsageError, match="wants the parameters day"):
            jobs.rows(asked("SELECT @day"))
        assert sent() == 0


class TestDestination:
    def test_one_day(self, jobs: Jobs, table: str, server: BigQueryServer) -> None:
        done = jobs.run(
            asked(
                "SELECT @day AS made_on, 'c' AS name",
                parameters={"day": DAY},
                destination=Destination(table=table, write=Write.TRUNCATE, partition=DAY),
                labels={"table": "toys"},
            )
        )
        found = jobs.rows(asked(f"SELECT name FROM `{table}` ORDER BY made_on, name"))
        assert found == [("c",), ("a",), ("b",)]
        configuration = server.jobs[done.job_id].configuration
        assert configuration["query"]["destinationTable"]["tableId"] == "toys$20241118"
        assert configuration["labels"]["table"] == "toys"
        assert configuration["jobTimeoutMs"] == "600000"

    def test_creates_only_if_told(self, jobs: Jobs, table: str) -> None:
        whole = f"{table}_new"
        into = Destination(table=whole, write=Write.TRUNCATE)
        with pytest.raises(WarehouseFailed, match="Not found: Table"):
            jobs.run(asked(destination=into))
        jobs.run(asked(destination=Destination(table=whole, write=Write.EMPTY, creates=True)))
        assert jobs.rows(asked(f"SELECT x FROM `{whole}`")) == [(1,)]

    def test_dml(self, jobs: Jobs, table: str) -> None:
        done = jobs.run(asked(f"DELETE FROM `{table}` WHERE made_on = '2024-11-18'"))
        assert done.rows_changed == 2

    def test_whole_name(self, jobs: Jobs) -> None:
        with pytest.raises(ContractError, match=r"'toys' is no project\.dataset\.table"):
            jobs.run(asked(destination=Destination(table="toys", write=Write.APPEND)))


class TestPrice:
    def test_foretold(self, jobs: Jobs, table: str, server: BigQueryServer) -> None:
        before = len(server.jobs)
        one = jobs.foretold_bytes(
            asked(f"SELECT * FROM `{table}` WHERE made_on = @day", parameters={"day": DAY})
        )
        assert 0 < one < jobs.foretold_bytes(asked(f"SELECT * FROM `{table}`"))
        assert len(server.jobs) == before

    def test_foretold_faults(self, jobs: Jobs) -> None:
        with pytest.raises(WarehouseFailed, match="the price of a test failed in BigQuery"):
            jobs.foretold_bytes(asked("SELECT nothing"))

    def test_too_costly(self, jobs: Jobs, table: str) -> None:
        text = f"SELECT name FROM `{table}`"
        with pytest.raises(TooCostly, match="not started"):
            jobs.rows(asked(text, maximum_bytes=1))
        assert len(jobs.rows(asked(text, maximum_bytes=20 * 2**20))) == 4

    def test_billed(self, jobs: Jobs, table: str) -> None:
        done = jobs.run(asked(f"SELECT name FROM `{table}`"))
        assert 0 < done.bytes_processed < done.bytes_billed


class TestOnce:
    def test_known_job_is_adopted(self, jobs: Jobs, table: str) -> None:
        request = asked(f"INSERT INTO `{table}` (name) VALUES ('c')", job_id=f"once-{table[-9:-8]}")
        first, second = jobs.run(request), jobs.run(request)
        assert (first.was_adopted, second.was_adopted) == (False, True)
        assert first.job_id == second.job_id
        assert jobs.rows(asked(f"SELECT COUNT(*) FROM `{table}` WHERE name = 'c'")) == [(1,)]

    def test_lost_answer(
        self, jobs: Jobs, table: str, server: BigQueryServer, sent: Callable[[], int]
    ) -> None:
        """The work was done and the line broke: sent again, it is found, not done twice."""
        server.requests.clear()
        server.faults.reset(method="POST", route=JOBS, after=True)
        done = jobs.run(asked(f"INSERT INTO `{table}` (name) VALUES ('d')"))
        assert done.was_adopted
        assert sent() == 2
        assert jobs.rows(asked(f"SELECT COUNT(*) FROM `{table}` WHERE name = 'd'")) == [(1,)]

    def test_failed_job_is_left(self, jobs: Jobs, server: BigQueryServer) -> None:
        request = asked(job_id="left")
        broken = ApiError("internalError", "fell over")
        server.plant_job("left", request.as_api(), broken)
        server.plant_job("left-2", request.as_api(), broken)
        done = jobs.run(request)
        assert (done.job_id, done.was_adopted) == ("left-3", False)

    def test_another_account_s_job_is_left(self, jobs: Jobs, server: BigQueryServer) -> None:
        """Whose jobs it may not look at: the id is taken, and that is all it can know."""
        request = asked(job_id="hers")
        server.plant_job("hers", request.as_api())
        server.faults.answer("accessDenied", method="GET", route=f"{JOBS}/{{job}}")
        done = jobs.run(request)
        assert (done.job_id, done.was_adopted) == ("hers-2", False)

    def test_running_job_is_waited_for(
        self, address: Address, server: BigQueryServer, sent: Callable[[], int]
    ) -> None:
        hold = server.faults.hold(job_id="slow")
        request = asked(job_id="slow")

        def release(seconds: float) -> None:
            if not first.is_alive():
                return
            looks.append(seconds)
            if len(looks) > 4:
                hold.release()

        looks: list[float] = []
        first = threading.Thread(
            target=Jobs(Connection(address, sleep=lambda _: hold.released.wait(1))).run,
            args=(request,),
        )
        first.start()
        assert hold.taken.wait(10)
        done = Jobs(Connection(address, sleep=release)).run(request)
        first.join()
        assert (done.job_id, done.was_adopted) == ("slow", True)
        assert sent() == 2

    def test_a_page_that_comes_too_late(self, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
        """Google's client says a builtin TimeoutError there."""
        late = [requests.exceptions.ReadTimeout("planted by a test")]
        get = AuthorizedSession.request

        def sometimes(self: AuthorizedSession, method: str, url: str, **said: Any) -> Any:
            if "/queries/" in url and late:
                raise late.pop()
            return get(self, method, url, **said)

        monkeypatch.setattr(AuthorizedSession, "request", sometimes)
        assert jobs.rows(asked("SELECT 7 AS x")) == [(7,)]
        assert late == []

    def test_other_request_under_the_id(self, jobs: Jobs) -> None:
        jobs.run(asked(job_id="mine"))
        with pytest.raises(ContractError, match="mine is there and was asked for something else"):
            jobs.run(asked("SELECT 2 AS x", job_id="mine"))

    def test_unwell_to_the_end(self, jobs: Jobs, server: BigQueryServer) -> None:
        request = asked(job_id="never")
        for number in range(1, 21):
            job_id = "never" if number == 1 else f"never-{number}"
            server.plant_job(job_id, request.as_api(), ApiError("internalError", "fell over"))
        done = jobs.run(request)
        assert not done.was_adopted
        assert done.job_id not in {"never", *(f"never-{number}" for number in range(2, 21))}

    def test_known_whatever_it_may_cost(self, jobs: Jobs) -> None:
        """Who was refused for its price asks again with a higher one."""
        jobs.run(asked(job_id="cheap", maximum_bytes=20_000_000))
        assert jobs.run(asked(job_id="cheap", maximum_bytes=30_000_000)).was_adopted

    def test_id(self) -> None:
        with pytest.raises(ContractError, match=r"'a\.b' is no id of a job"):
            asked(job_id="a.b")


class TestRetries:
    @pytest.mark.parametrize(
        ("reason", "status"),
        [("rateLimitExceeded", 403), ("backendError", 503), ("internalError", 500)],
    )
    def test_helps(
        self, jobs: Jobs, server: BigQueryServer, naps: Naps, reason: str, status: int
    ) -> None:
        server.faults.answer(reason, status=status, times=3, method="POST", route=JOBS)
        assert jobs.rows(asked()) == [(1,)]
        assert len(naps) == 3
        assert all(2**n / 2 <= nap <= 2**n for n, nap in enumerate(naps))

    def test_broken_line(self, jobs: Jobs, server: BigQueryServer) -> None:
        server.faults.reset(times=2)
        assert jobs.rows(asked()) == [(1,)]

    def test_has_an_end(self, jobs: Jobs, server: BigQueryServer, sent: Callable[[], int]) -> None:
        server.faults.answer("backendError", times=100, method="POST")
        with pytest.raises(WarehouseTransient, match="after 6 attempts at BigQuery: backendError"):
            jobs.run(asked())
        assert sent() == 6

    @pytest.mark.parametrize(
        ("reason", "error"),
        [
            ("quotaExceeded", QuotaExceeded),
            ("accessDenied", WarehouseDenied),
            ("invalid", WarehouseFailed),
        ],
    )
    def test_of_no_use(
        self,
        jobs: Jobs,
        server: BigQueryServer,
        naps: Naps,
        sent: Callable[[], int],
        reason: str,
        error: type[WarehouseFailed],
    ) -> None:
        server.faults.answer(reason, "Quota exceeded: of a test", times=9, method="POST")
        with pytest.raises(error, match="of a test"):
            jobs.run(asked())
        assert (sent(), list(naps)) == (1, [])

    def test_while_reading(self, jobs: Jobs, server: BigQueryServer) -> None:
        server.faults.answer("backendError", method="GET", times=2)
        assert jobs.rows(asked()) == [(1,)]

    def test_slow_answer(self, address: Address, server: BigQueryServer) -> None:
        """No answer in time is tried again: no call waits for ever."""
        server.faults.delay(2.5, method="POST", route=JOBS)
        with_patience = Connection(address, request_seconds=1, sleep=lambda _: None)
        assert Jobs(with_patience).rows(asked()) == [(1,)]

        def posted() -> list[int]:
            return [one.status for one in server.requests if one.method == "POST"]

        # The late one comes in at last: here, and not in the middle of another test.
        deadline = time.monotonic() + 10
        while len(posted()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert posted() == [200, 409]

    def test_quota_of_a_job(
        self, jobs: Jobs, server: BigQueryServer, monkeypatch: pytest.MonkeyPatch, naps: Naps
    ) -> None:
        """Taken in and failed: the quota is named as if the request had been refused."""
        used_up = ApiError("quotaExceeded", "Quota exceeded: Your table exceeded quota for appends")
        monkeypatch.setattr(server._state.office, "_work", lambda _: _raise(used_up))
        with pytest.raises(QuotaExceeded, match="used up: Your table exceeded quota for appends"):
            jobs.run(asked())
        assert list(naps) == []

    def test_failed_job_is_sent_anew(
        self, jobs: Jobs, server: BigQueryServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Under the next id, where the failure was BigQuery's own."""
        broken = iter([ApiError("backendError", "fell over")])
        work = server._state.office._work
        monkeypatch.setattr(
            server._state.office,
            "_work",
            lambda job: work(job) if (one := next(broken, None)) is None else _raise(one),
        )
        done = jobs.run(asked(job_id="anew"))
        assert (done.job_id, done.was_adopted) == ("anew-2", False)


def _raise(error: Exception) -> None:
    raise error


class TestTime:
    def test_of_the_job(self, address: Address, server: BigQueryServer) -> None:
        server.faults.hold()
        with pytest.raises(WarehouseTransient, match=r"given up by BigQuery: .*timed out"):
            Jobs(Connection(address)).run(asked(seconds=0.1))

    def test_of_the_client(
        self, connection: Connection, jobs: Jobs, server: BigQueryServer, naps: Naps
    ) -> None:
        """A job that BigQuery doesn't end by itself is cancelled."""
        server.faults.hold(state="PENDING")
        with pytest.raises(WarehouseTransient, match="is not done after"):
            jobs.run(asked(job_id="endless", seconds=20))
        assert sum(naps) > 50
        assert max(naps) == 2
        assert server.jobs["endless"].cancelled.wait(5)

    def test_cancel(self, address: Address, server: BigQueryServer) -> None:
        server.faults.hold(job_id="unwanted")
        other = Connection(address)
        jobs = Jobs(
            Connection(address, sleep=lambda _: other.client.cancel_job("unwanted", timeout=60))
        )
        with pytest.raises(WarehouseTransient, match="cancelled"):
            jobs.run(asked(job_id="unwanted"))

    @pytest.mark.parametrize("is_ours", [True, False])
    def test_given_up(
        self, connection: Connection, server: BigQueryServer, *, is_ours: bool
    ) -> None:
        """What another process has sent as well is left to it."""
        name = f"given-up-{is_ours}"
        hold = server.faults.hold(job_id=name)
        jobs = Jobs(connection)
        request = asked(job_id=name)
        if not is_ours:
            sent = request.as_api()
            connection.client.query(
                request.text,
                job_id=name,
                job_config=QueryJobConfig.from_api_repr(sent),
                job_retry=None,
                timeout=60,
            )
        asks = itertools.count()
        with pytest.raises(WarehouseTransient, match="a test was interrupted"):
            jobs.run(request, is_given_up=lambda: next(asks) > 1)
        assert server.jobs[name].cancelled.is_set() == is_ours
        hold.release()

    def test_given_up_before_it_was_sent(self, jobs: Jobs, sent: Callable[[], int]) -> None:
        with pytest.raises(WarehouseTransient, match="interrupted before it was sent"):
            jobs.run(asked(), is_given_up=lambda: True)
        assert sent() == 0


class TestLabels:
    @pytest.mark.parametrize(
        "labels",
        [{"Table": "x"}, {"1st": "x"}, {"table": "X"}, {"table": "a.b"}, {"t": "x" * 64}],
    )
    def test_refused(self, jobs: Jobs, labels: dict[str, str], sent: Callable[[], int]) -> None:
        with pytest.raises(ContractError, match="is no label"):
            jobs.run(asked(labels=labels))
        assert sent() == 0

    def test_too_many(self, jobs: Jobs) -> None:
        with pytest.raises(ContractError, match="where 64 are allowed"):
            jobs.run(asked(labels={f"l{number}": "x" for number in range(64)}))


def test_pauses() -> None:
    longest = [pause(attempt, spread=lambda _, high: high) for attempt in range(6)]
    assert longest == [1, 2, 4, 8, 16, 16]
    assert pause(3, spread=lambda low, _: low) == 4


def test_loaded_late() -> None:
    """Everything can be opened without Google's client."""
    modules = "address, catalogue, connection, engine, jobs, names, request, schema"
    code = (
        f"from warehouse.bigquery import {modules}; import clients.command, sys;"
        " sys.exit(any(name.startswith('google.cloud.bigquery') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
