"""The pipeline on BigQuery: the same outcomes and the same rows as on DuckDB, and nothing asked for
or written that needn't be."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.plan import make_request
from pipeline.predicting import Predicted, predict
from pipeline.run import Pipeline, Report
from pipeline.state import State
from processors.contract import Layer
from processors.registry import load
from tests.bigquery.jobs import Job
from tests.bigquery.server import BigQueryServer
from tests.pipeline.small import BOXES, GAMES, LINES
from tests.worlds import Rows, load_rows, stored_rows
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR, Connection
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import Warehouse

LIVE, PREDICTIONS = "nba_raw.live_predictions", "nba_predictions.player_prop_predictions"
DAYS = 17
"""Of the season: two weeks are bootstrap."""
A_WHILE = 300
"""Seconds of the server's clock, after which what was read is believed."""
WRITTEN = re.compile(r"(?:INSERT INTO|DELETE FROM) `[\w-]+\.season_(\w+\.\w+)`")
BOOKS = {"nba_ops.runs", "nba_ops.partitions", "nba_ops.contents"}

Outcomes = Sequence[tuple[str, date, str, int]]


@dataclass
class Step:
    """What one request came to on both engines, and what BigQuery was asked for meanwhile."""

    reports: list[Report]
    jobs: Sequence[Job]
    rows: list[Mapping[str, Sequence[object]]] = field(default_factory=list)
    """Of all computed tables, by engine."""

    @property
    def told(self) -> list[Outcomes]:
        return [
            [(one.table, one.day, one.status.value, one.evidence.rows) for one in report.results]
            for report in self.reports
        ]

    @property
    def statuses(self) -> set[str]:
        return {status for report in self.told for _, _, status, _ in report}

    @property
    def staged(self) -> list[str]:
        found = (re.match(r"tipoff-stage-(\w+)-", job.job_id) for job in self.jobs)
        return sorted(one[1] for one in found if one)

    @property
    def written(self) -> set[str]:
        """Tables that were changed: by DML or, a single day, by its partition."""
        texts = "\n".join(job.specific.get("query", "") for job in self.jobs)
        days = (re.match(r"tipoff-publish-(\w+)-", job.job_id) for job in self.jobs)
        return {*WRITTEN.findall(texts), *(one[1] for one in days if one)}

    @property
    def read(self) -> int:
        """How often content was asked for."""
        return sum("AS looked_at, COUNT(*)" in one.specific.get("query", "") for one in self.jobs)


@dataclass
class Both:
    """A DuckDB and a BigQuery with the same raw rows."""

    server: BigQueryServer
    pipelines: list[Pipeline]
    asked: tuple[date, date]

    @property
    def warehouses(self) -> list[Warehouse]:
        return [one.warehouse for one in self.pipelines]

    def step(
        self, *tables: str, days: tuple[date, date] | None = None, force: bool = False
    ) -> Step:
        self.server.advance(A_WHILE)
        start, end = days or self.asked
        request = make_request(load(), tables=tables, start=start, end=end, force=force)
        before = len(self.server.jobs)
        reports = [one.run(request) for one in self.pipelines]
        return Step(reports, list(self.server.jobs.values())[before:])

    def with_rows(self, step: Step, read: Callable[[Warehouse, str], Sequence[object]]) -> Step:
        step.rows = [
            {table: read(one, table) for table in load().processors} for one in self.warehouses
        ]
        return step

    def plans(self) -> list[dict[str, set[State]]]:
        """By engine, the states of each table."""
        found = []
        for pipeline in self.pipelines:
            start, end = self.asked
            plan = pipeline.plan(make_request(load(), start=start, end=end))
            states: dict[str, set[State]] = {}
            for item in plan.items:
                states.setdefault(item.table, set()).add(item.state)
            found.append(states)
        return found

    def correct(self, table: str, rows: Rows) -> None:
        for pipeline in self.pipelines:
            load_rows(pipeline.warehouse, {table: rows})
            pipeline.refresh()


@dataclass
class Story:
    """What happened, in this order."""

    first: Step
    again: Step
    once_more: Step
    stale: list[dict[str, set[State]]]
    corrected: Step
    forced: Step
    newcomer: Step


def hashes(warehouse: Warehouse, table: str) -> Sequence[object]:
    key = ", ".join(load().contracts[table].key)
    return warehouse.rows(f"SELECT {key}, data_hash FROM `{table}` ORDER BY {key}")


@pytest.fixture(scope="module")
def files(
    season_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The sample season's first days."""
    folder = tmp_path_factory.mktemp("days")
    found = {}
    with duckdb.connect() as desk:
        schedule = str(season_files["nba_raw.schedule"])
        opening = f"(SELECT MIN(game_date) FROM '{schedule}' WHERE season_phase = 'regular')"
        for table, path in season_files.items():
            day = load().contracts[table].date_column
            where = f"WHERE {day} < {opening} + {DAYS}" if day else ""
            found[table] = folder / path.name
            desk.execute(f"COPY (SELECT * FROM '{path}' {where}) TO '{found[table]}'")
    return found


@pytest.fixture(scope="module")
def both(files: dict[str, Path]) -> Iterator[Both]:
    contracts = load().contracts
    with BigQueryServer() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv(EMULATOR, server.endpoint)
        address = Address(server.project, "US", "season_")
        warehouses = [DuckDBWarehouse(None), BigQueryWarehouse(address, connection=quick(address))]
        for one in warehouses:
            one.migrate(list(contracts.values()))
            one.load(files, contracts)
        pipelines = [Pipeline(one, load()) for one in warehouses]
        dates = pipelines[0].assessor.calendar.game_dates
        yield Both(server, pipelines, (dates[-2], dates[-1]))
        for one in warehouses:
            one.close()


def quick(address: Address) -> Connection:
    return Connection(address, sleep=lambda seconds: time.sleep(seconds / 50))


@pytest.fixture(scope="module")
def story(both: Both) -> Story:
    first = both.with_rows(both.step(), stored_rows)
    again, once_more = both.step(), both.step()
    row = next(
        row for row in stored_rows_of(both, BOXES, both.asked[0]) if (row["points"] or 0) >= 10
    )
    both.correct(BOXES, [{**row, "points": row["points"] + 1}])
    stale = both.plans()
    corrected = both.with_rows(both.step(), hashes)
    forced = both.with_rows(
        both.step(GAMES, days=(both.asked[1], both.asked[1]), force=True), hashes
    )
    both.step()
    both.pipelines[1].refresh()
    address = both.warehouses[1]._where
    before = len(both.server.jobs)
    other = BigQueryWarehouse(address, connection=quick(address))
    newcomer = Pipeline(other, load())
    request = make_request(load(), start=both.asked[0], end=both.asked[1])
    report = newcomer.run(request)
    other.close()
    jobs = list(both.server.jobs.values())[before:]
    return Story(
        first=first,
        again=again,
        once_more=once_more,
        stale=stale,
        corrected=corrected,
        forced=forced,
        newcomer=Step([report], jobs),
    )


def stored_rows_of(both: Both, table: str, day: date) -> list[dict[str, object]]:
    """Raw rows of a date."""
    names = load().contracts[table].column_names
    text = f"SELECT {', '.join(names)} FROM `{table}` WHERE game_date = @day ORDER BY 1, 2"
    return [dict(zip(names, row, strict=True)) for row in both.warehouses[0].rows(text, day=day)]


class TestSameAsDuckDB:
    def test_outcomes(self, story: Story) -> None:
        on_duckdb, on_bigquery = story.first.told
        assert on_bigquery == on_duckdb
        assert story.first.statuses == {"success"}

    @pytest.mark.parametrize("table", load().processors)
    def test_rows(self, story: Story, table: str) -> None:
        on_duckdb, on_bigquery = story.first.rows
        assert on_duckdb[table]
        assert on_bigquery[table] == on_duckdb[table]

    def test_after_a_correction(self, story: Story) -> None:
        assert story.corrected.told[1] == story.corrected.told[0]
        assert story.corrected.rows[1] == story.corrected.rows[0]

    def test_forced(self, story: Story) -> None:
        assert story.forced.told[1] == story.forced.told[0]
        assert story.forced.rows[1] == story.forced.rows[0]


class TestAgain:
    def test_nothing_is_computed(self, story: Story) -> None:
        for step in (story.again, story.once_more):
            assert step.statuses == {"unchanged"}
            assert step.staged == []
            assert step.written <= BOOKS

    def test_what_was_read_is_believed(self, story: Story) -> None:
        assert story.once_more.read == 0


class TestCorrected:
    def test_what_reads_it_is_stale(self, story: Story) -> None:
        on_duckdb, on_bigquery = story.stale
        assert on_bigquery == on_duckdb
        assert State.STALE_INPUT in on_bigquery[GAMES]

    def test_and_nothing_else(self, story: Story) -> None:
        assert story.stale[1][LINES] == {State.FRESH}
        assert "player_lines" not in story.corrected.staged
        assert "nba_analytics.player_lines" not in story.corrected.written

    def test_is_computed(self, story: Story) -> None:
        assert "player_game_summary" in story.corrected.staged
        assert story.corrected.rows[1][GAMES] != [
            (*(row[name] for name in load().contracts[GAMES].key), row["data_hash"])
            for row in story.first.rows[1][GAMES]
        ]


class TestForced:
    def test_is_computed_anew(self, story: Story) -> None:
        """Though BigQuery has carried out the same statement for the same inputs."""
        assert story.forced.staged == ["player_game_summary"]


class TestAnotherProcess:
    def test_finds_everything_done(self, story: Story) -> None:
        assert story.newcomer.statuses == {"unchanged"}
        assert story.newcomer.written <= BOOKS

    def test_and_reads_nothing_again(self, story: Story) -> None:
        assert story.newcomer.read == 0


@dataclass(frozen=True)
class Told:
    """A date predicted live by two instances on BigQuery, a while apart, and once on DuckDB."""

    first: Predicted
    second: Predicted
    on_duckdb: Predicted
    jobs: Sequence[Job]
    """The first one's."""
    rows: Sequence[Mapping[str, Sequence[object]]]
    """Of what was told and published, by engine."""


@pytest.fixture(scope="module")
def told(both: Both, story: Story) -> Iterator[Told]:
    """As deployed: the raw tables are others', but for the two that predictions write."""
    del story
    day, on_duckdb = both.asked[1], both.pipelines[0]
    ((tipoff,),) = on_duckdb.warehouse.rows(
        "SELECT MIN(tipoff_at) FROM `nba_raw.schedule` WHERE game_date = @day", day=day
    )
    address, owned = both.warehouses[1]._where, frozenset(Layer) - {Layer.RAW}
    request = make_request(load(), tables=["predictions"], days=[day])
    with pytest.MonkeyPatch.context() as patch:

        def predicted(pipeline: Pipeline, seconds: int) -> Predicted:
            both.server.advance(A_WHILE)
            moment = tipoff - timedelta(seconds=seconds)
            patch.setenv("TIPOFF_NOW", f"{moment.isoformat()}+00:00")
            return predict(pipeline, request, live=True)

        instances = [
            BigQueryWarehouse(address, connection=quick(address), owned=owned) for _ in range(2)
        ]
        pipelines = [Pipeline(one, load()) for one in instances]
        before = len(both.server.jobs)
        first = predicted(pipelines[0], 60)
        jobs = list(both.server.jobs.values())[before:]
        second, reference = predicted(pipelines[1], 59), predicted(on_duckdb, 60)
        rows = [
            {table: stored_rows(one, table, (day, day)) for table in (LIVE, PREDICTIONS)}
            for one in (on_duckdb.warehouse, instances[1])
        ]
        yield Told(first, second, reference, jobs, rows)
        for one in instances:
            one.close()


class TestToldLive:
    def test_the_same_rows(self, told: Told) -> None:
        on_duckdb, on_bigquery = told.rows
        assert on_duckdb[LIVE]
        assert on_bigquery == on_duckdb
        assert told.first.said == told.on_duckdb.said
        assert told.first.overall == told.on_duckdb.overall

    def test_once(self, told: Told) -> None:
        """The second instance finds it told, and published."""
        assert told.first.said
        assert told.second.said
        assert (told.second.said.new, told.second.said.unchanged) == ({}, told.first.said.new)

    def test_nothing_is_deleted(self, told: Told) -> None:
        written = [text for job in told.jobs if f"`{LIVE}`" in (text := _placed(job))]
        assert any("INSERT INTO" in text for text in written)
        assert not any(
            word in text for text in written for word in ("DELETE", "UPDATE", "TRUNCATE")
        )


def _placed(job: Job) -> str:
    """Its text, as the product has it."""
    text = str(job.specific.get("query", "")).replace("UPDATE SET taken_by", "")
    return text.replace("tipoff-test.season_nba", "nba")
