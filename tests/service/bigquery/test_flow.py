"""The whole way on BigQuery, with real processes: copy, serve, backfill, coverage, verify, handoff;
then what a night brings: a kill, two instances at once, force, faults."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import httpx
import pytest

from pipeline.since import BEGINNING
from processors.contract import Layer
from processors.registry import load
from tests.bigquery.faults import Fault, Faults
from tests.bigquery.server import BigQueryServer
from tests.service.bigquery.serving import PATIENCE, Instance, environment, tipoff
from warehouse.bigquery.address import parse_address
from warehouse.bigquery.connection import EMULATOR
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.bigquery.names import placed
from warehouse.bigquery.request import Request

REGISTRY = load()
ASKED = ("nba_predictions.player_prop_predictions", "nba_predictions.prediction_accuracy")
COPIED, DONE_DATES = 22, 18
"""Dates of the season whose raw rows are copied, and that are computed by the flow itself."""
ZONES = "nba_precompute.team_defense_zone_analysis"
JOBS = "/projects/{project}/jobs"
A_TABLE = "/projects/{project}/datasets/{dataset}/tables/{table}"
LIVING = re.compile(r"SELECT COUNT\(\*\) FROM `\S+\.runs` WHERE recorded_at >= @since")
SPENT = "partition modifications per column partitioned table"
QUOTA = f"Quota exceeded: Your table exceeded quota for {SPENT}."


@dataclass(frozen=True)
class World:
    """One deployment: the server, its address, and DuckDB's rows for the same raw data."""

    server: BigQueryServer
    address: str
    warehouse: BigQueryWarehouse
    """For looking only: who works is in processes of their own."""
    environ: dict[str, str]
    raw: Path
    computed: Path
    days: list[date]
    folder: Path

    def instance(self, name: str) -> Instance:
        return Instance(self.environ, self.folder / f"{name}.log")

    def stored(self, table: str) -> list[tuple[date, str]]:
        """Date and hash of each row, as BigQuery's storage holds them."""
        day = REGISTRY.contracts[table].date_column
        return sorted(
            self.warehouse.rows(
                f"SELECT {day}, data_hash FROM `{table}` WHERE {day} >= @first AND {day} <= @last",
                first=self.days[0],
                last=self.days[-1],
            )
        )

    def expected(self, table: str, days: Collection[date]) -> list[tuple[date, str]]:
        day = REGISTRY.contracts[table].date_column
        with duckdb.connect(str(self.computed), read_only=True) as connection:
            rows = connection.execute(f"SELECT {day}, data_hash FROM {table}").fetchall()
        return sorted((when, said) for when, said in rows if when in days)

    def holds(self, table: str, day: date) -> bool:
        """Whether the date's rows are what they must be, each once; False where none are there."""
        found = [one for one in self.stored(table) if one[0] == day]
        assert found in ([], self.expected(table, [day])), (table, day)
        return bool(found)

    def staged(self, day: date) -> list[str]:
        """Ids of the jobs that have staged the zones of a date."""
        begin = f"tipoff-stage-{ZONES.partition('.')[2]}-{day:%Y%m%d}-"
        return sorted(one for one in self.server.jobs if one.startswith(begin))


@pytest.fixture(scope="module")
def world(
    raw_season_file: Path,
    computed_season_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("flow")
    raw = folder / "raw.duckdb"
    shutil.copy(raw_season_file, raw)
    with duckdb.connect(str(raw)) as connection:
        days = [
            row[0]
            for row in connection.execute(
                "SELECT DISTINCT game_date FROM nba_raw.schedule WHERE season_phase = 'regular'"
                " ORDER BY game_date"
            ).fetchall()
        ]
        for contract in REGISTRY.contracts.values():
            if contract.dataset == "nba_raw" and contract.date_column:
                connection.execute(
                    f"DELETE FROM {contract.table} WHERE {contract.date_column} > $last",
                    {"last": days[COPIED - 1]},
                )
    with BigQueryServer() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv(EMULATOR, server.endpoint)
        address = f"bigquery://{server.project}/US?prefix=flow_"
        warehouse = BigQueryWarehouse(parse_address(address))
        yield World(
            server,
            address,
            warehouse,
            environment(server, address),
            raw,
            computed_season_file,
            days[:COPIED],
            folder,
        )
        warehouse.close()


@pytest.fixture(scope="module")
def flown(world: World) -> World:
    """Copied, and its first dates computed over HTTP."""
    first, last = world.days[0], world.days[DONE_DATES - 1]
    copied = tipoff(world.environ, "copy", "--from", f"duckdb://{world.raw}", "--to", world.address)
    assert copied.returncode == 0, copied.stdout + copied.stderr
    with world.instance("flow") as instance:
        backfilled = tipoff(
            world.environ,
            *("backfill", "--start", str(first), "--end", str(last), "--whole-ranges", "--yes"),
            *("--url", instance.url, "--processors", "predictions,grading"),
        )
    assert backfilled.returncode == 0, backfilled.stdout + backfilled.stderr
    return world


@pytest.fixture
def instance(flown: World) -> Iterator[Instance]:
    with flown.instance("night") as instance:
        yield instance


@pytest.fixture(scope="module")
def steady(flown: World) -> Iterator[Instance]:
    with flown.instance("steady") as instance:
        yield instance


@pytest.fixture(autouse=True)
def quiet(world: World) -> Iterator[None]:
    yield
    world.server.faults.clear()


class TestWholeFlow:
    def test_rows(self, flown: World) -> None:
        """What was asked for stands on each date; of what it stands on, as much as it needs."""
        asked = flown.days[:DONE_DATES]
        for processor in REGISTRY:
            found = flown.stored(processor.table)
            is_asked = processor.contract.layer is Layer.PRECOMPUTE or processor.table in ASKED
            days = asked if is_asked else {d for d, _ in found}
            assert found == flown.expected(processor.table, days), processor.table
            assert found, processor.table

    def test_commands(self, flown: World) -> None:
        """The same as anywhere: gaps are told, what stands is what was proven."""
        coverage, verify, handoff, sql = (
            tipoff(flown.environ, *words)
            for words in (
                ("coverage", "--json"),
                ("verify", "--start", str(flown.days[0]), "--end", str(flown.days[-1])),
                ("handoff",),
                ("sql", f"SELECT COUNT(*) AS held FROM `{ZONES}`", "--json"),
            )
        )
        assert (coverage.returncode, coverage.stderr) == (0, "")
        (zones,) = (one for one in json.loads(coverage.stdout) if one["table"] == ZONES)
        assert zones["standing"] == len({day for day, _ in flown.stored(ZONES)})
        assert verify.returncode == 2
        assert "281 dates of tables are as the ledger proved them" in verify.stdout
        assert "missing" in handoff.stdout
        assert json.loads(sql.stdout) == [{"held": len(flown.stored(ZONES))}]


class TestKilled:
    def test_while_it_is_staged(self, flown: World, instance: Instance) -> None:
        """BigQuery goes on with the job; who is asked next takes what it has made."""
        day = flown.days[DONE_DATES]
        hold = flown.server.faults.hold(job_id="tipoff-stage-team_defense_zone_analysis")
        asking(instance, day)
        assert hold.taken.wait(PATIENCE)
        instance.kill()
        assert not flown.holds(ZONES, day)
        (staged,) = flown.staged(day)
        with flown.instance("after") as after:
            again = asking(after, day)
            hold.release()
            assert again.result(PATIENCE).json()["results"][0]["status"] == "success"
        assert flown.staged(day) == [staged]
        assert flown.holds(ZONES, day)

    def test_before_the_ledger_hears_of_it(self, flown: World, instance: Instance) -> None:
        """The rows stand there, and count for nothing until they are computed again."""
        day = flown.days[DONE_DATES + 1]
        hold = flown.server.faults.hold(job_id="tipoff-publish-team_defense_zone_analysis")
        asking(instance, day)
        assert hold.taken.wait(PATIENCE)
        instance.kill()
        hold.release()
        until(lambda: flown.holds(ZONES, day))
        (staged,) = flown.staged(day)
        assert words(flown, day) == []
        an_hour_ago(flown)
        with flown.instance("after") as after:
            assert words(flown, day) == ["failed"]
            answer = asking(after, day).result(PATIENCE).json()
        assert [one["status"] for one in answer["results"]] == ["unchanged"]
        assert words(flown, day) == ["failed", "unchanged"]
        assert flown.staged(day) == [staged]
        assert flown.holds(ZONES, day)


class TestAtOnce:
    def test_two_instances(self, flown: World, instance: Instance) -> None:
        """Asked for the same at once: nothing is lost, nothing doubled, both tell the truth."""
        day = flown.days[DONE_DATES + 2]
        with flown.instance("second") as second:
            answers = [asking(one, day) for one in (instance, second, instance, second)]
            said = [one.result(PATIENCE) for one in answers]
        assert [one.status_code for one in said] == [200] * 4
        statuses = {one.json()["results"][0]["status"] for one in said}
        assert statuses <= {"success", "unchanged"}
        assert "success" in statuses
        assert len(flown.staged(day)) == 1
        assert flown.holds(ZONES, day)

    def test_force(self, flown: World, steady: Instance) -> None:
        """Nothing that was staged before will do; the rows are the same, and the new run's."""
        day = flown.days[DONE_DATES - 1]
        before = flown.staged(day)
        answer = asking(steady, day, force=True).result(PATIENCE).json()
        assert answer["results"][0]["status"] == "success"
        assert len(flown.staged(day)) == len(before) + 1
        assert flown.holds(ZONES, day)
        column = REGISTRY.contracts[ZONES].date_column
        runs = flown.warehouse.rows(
            f"SELECT DISTINCT run_id FROM `{ZONES}` WHERE {column} = @day", day=day
        )
        assert runs == [(answer["run_id"],)]


class TestAsked:
    def test_labels(self, flown: World, steady: Instance) -> None:
        """From the first statement on, each job of a run says for which table and run it is."""
        before = set(flown.server.jobs)
        answer = asking(steady, flown.days[DONE_DATES - 1], force=True).result(PATIENCE).json()
        sent = [job for name, job in flown.server.jobs.items() if name not in before]
        begun = next(n for n, job in enumerate(sent) if job.job_id.startswith("tipoff-stage-"))
        labels = [job.configuration["labels"] for job in sent if job.parent is None]
        assert all(len(one["tipoff_request"]) == 40 for one in labels)
        for one in labels[begun:]:
            assert one["tipoff_run"] == answer["run_id"].lower()
        of_table = [one for one in labels if one.get("tipoff_table") == ZONES.partition(".")[2]]
        assert len(of_table) >= 4

    def test_ready(self, flown: World, steady: Instance) -> None:
        """A probe that comes every few seconds costs nothing. The service may still be warming up
        beside it: what counts is what only readiness asks for."""

        def ready() -> bool:
            return httpx.get(f"{steady.url}/readyz", timeout=PATIENCE).json() == {
                "ready": True,
                "reason": None,
            }

        def asked_for() -> tuple[int, int]:
            queries = [one.configuration.get("query", {}) for one in flown.server.jobs.values()]
            living = [one for one in queries if LIVING.match(one.get("query", ""))]
            schemas = [one for one in flown.server.requests if one.route == A_TABLE]
            return len(living), len(schemas)

        assert ready()
        before = asked_for()
        assert min(before) > 0
        assert all(ready() for _ in range(20))
        assert asked_for() == before


class TestFaults:
    @pytest.mark.parametrize(
        "plant",
        [
            lambda faults: faults.answer("rateLimitExceeded", times=2, method="POST", route=JOBS),
            lambda faults: faults.answer("backendError", times=2, nth=4, method="POST"),
            lambda faults: faults.answer("backendError", times=2, nth=3, method="GET"),
            lambda faults: faults.reset(times=2, nth=5),
            lambda faults: faults.reset(after=True, times=2, nth=6, method="POST", route=JOBS),
        ],
        ids=["rate limit", "503 of a job", "503 of a look", "resets", "lost answers"],
    )
    def test_got_over(
        self, flown: World, steady: Instance, plant: Callable[[Faults], Fault]
    ) -> None:
        day = flown.days[DONE_DATES - 2]
        fault = plant(flown.server.faults)
        answer = asking(steady, day, force=True).result(PATIENCE)
        assert fault.seen >= fault.nth + fault.times - 1
        assert (answer.status_code, answer.json()["results"][0]["status"]) == (200, "success")
        assert flown.holds(ZONES, day)

    def test_quota(self, flown: World, steady: Instance) -> None:
        """Stops with its name, at once; what stood there stands; later all goes on."""
        day = flown.days[DONE_DATES - 2]
        flown.server.faults.answer(
            "quotaExceeded", QUOTA, times=1000, nth=6, method="POST", route=JOBS
        )
        answer = asking(steady, day, force=True).result(PATIENCE)
        assert answer.status_code in (500, 503)
        assert SPENT in answer.text
        flown.server.faults.clear()
        assert flown.holds(ZONES, day)
        assert asking(steady, day, force=True).result(PATIENCE).status_code == 200
        assert flown.holds(ZONES, day)


POOL = ThreadPoolExecutor(8)


def asking(instance: Instance, day: date, **said: object) -> Future[httpx.Response]:
    """For one table, in a thread of its own."""
    return POOL.submit(instance.ask, analysis_date=str(day), processors=[ZONES], **said)


def words(world: World, day: date) -> list[str]:
    """What the ledger has heard of the zones of a date, in its order."""
    return [
        status
        for (status,) in world.warehouse.rows(
            "SELECT status FROM `nba_ops.partitions` WHERE recorded_at >= @since"
            " AND table_name = @table AND partition_date = @day ORDER BY recorded_at",
            since=BEGINNING,
            table=ZONES,
            day=day,
        )
    ]


def an_hour_ago(world: World) -> None:
    """As if all that was ever said had been said then: no run is taken for living."""
    for table in ("runs", "partitions"):
        world.warehouse._jobs.run(
            Request(
                what="the clock",
                text=placed(
                    f"UPDATE `nba_ops.{table}`"
                    " SET recorded_at = TIMESTAMP_SUB(recorded_at, INTERVAL 2 HOUR)"
                    " WHERE recorded_at >= @since",
                    world.warehouse._place,
                    {},
                ),
                parameters={"since": BEGINNING},
            )
        )


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
