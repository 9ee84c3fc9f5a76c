"""Where jobs are taken in, worked on one after the other, held, timed out and cancelled."""

from __future__ import annotations

import copy
import threading
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import duckdb

from tests.bigquery.clock import Clock
from tests.bigquery.errors import ApiError, already_exists, broken, not_found
from tests.bigquery.faults import Faults
from tests.bigquery.jobs import DONE, KINDS, RUNNING, Job

Work = Callable[[Job], None]
WORKERS = 16
SECOND = 1000
TICK = 0.01


class Office:
    """All jobs that were ever taken in, by id, in the order of coming."""

    def __init__(
        self, project: str, clock: Clock, faults: Faults, work: Work, interrupt: Callable[[], None]
    ) -> None:
        self.jobs: dict[str, Job] = {}
        self._project = project
        self._clock = clock
        self._faults = faults
        self._work = work
        self._interrupt = interrupt
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="job")
        self._busy: Job | None = None

    def insert(self, project: str, body: Mapping[str, Any], *, content: bytes = b"") -> Job:
        """Take a job in; it is done when this returns, unless a test holds it."""
        job = self._taken(project, body, content)
        if job.dry_run:
            self._done(job)
            if job.error is not None:
                raise job.error
            return job
        self._workers.submit(self._carry_out, job)
        job.settled.wait()
        return job

    def _taken(self, project: str, body: Mapping[str, Any], content: bytes) -> Job:
        if project != self._project:
            raise not_found("Project", project)
        configuration = body.get("configuration", {})
        if sum(kind in configuration for kind in KINDS) != 1:
            raise ApiError("required", "Required parameter is missing: a job of one kind")
        job_id = body.get("jobReference", {}).get("jobId") or f"job_{uuid.uuid4().hex}"
        job = Job(project, job_id, copy.deepcopy(configuration), self._clock.now(), content=content)
        if job.dry_run:
            return job
        with self._lock:
            if job_id in self.jobs:
                raise already_exists("Job", self.jobs[job_id].whole_id)
            self.jobs[job_id] = job
        return job

    def plant(self, job: Job) -> None:
        """A job that is there already, as if an earlier process had sent it."""
        self.jobs[job.job_id] = job
        job.started = job.ended = job.created
        job.state = DONE
        job.done.set()
        job.settled.set()

    def find(self, project: str, job_id: str) -> Job:
        if project != self._project or job_id not in self.jobs:
            raise not_found("Job", f"{project}:US.{job_id}")
        return self.jobs[job_id]

    def cancel(self, job: Job) -> None:
        """Asked for; the job ends as soon as it can."""
        job.cancelled.set()
        self._stop(job)

    def _carry_out(self, job: Job) -> None:
        hold = self._faults.hold_for(job)
        try:
            if hold is not None:
                job.state = hold.state
                job.started = self._clock.now() if hold.state == RUNNING else None
                job.settled.set()
                self._wait(job, hold.released, hold.seconds)
            self._done(job)
        except ApiError as error:
            job.error = error
            self._ended(job)

    def _wait(self, job: Job, released: threading.Event, seconds: float | None) -> None:
        limit = job.configuration.get("jobTimeoutMs")
        waited = 0.0
        while not released.wait(TICK) and (seconds is None or waited < seconds):
            waited += TICK
            if limit and waited * SECOND >= int(limit):
                job.expired.set()
            if job.stopped:
                raise job.stopped

    def _done(self, job: Job) -> None:
        job.state, job.started = RUNNING, job.started or self._clock.now()
        limit = job.configuration.get("jobTimeoutMs")
        timer = threading.Timer(int(limit) / SECOND, self._give_up, [job]) if limit else None
        understood = False
        try:
            if timer:
                timer.start()
            self._work(job)
            understood = True
        except ApiError as error:
            job.error, understood = error, True
        except duckdb.InterruptException:
            job.error, understood = job.stopped, job.stopped is not None
        finally:
            if not understood:
                job.error = broken(traceback.format_exc())
            if timer:
                timer.cancel()
            self._ended(job)

    @contextmanager
    def at(self, job: Job) -> Iterator[None]:
        """The job's turn has come: until it is over, stopping it interrupts DuckDB."""
        with self._turn:
            self._busy = job
        try:
            if job.stopped:
                raise job.stopped
            yield
        finally:
            with self._turn:
                self._busy = None

    def _give_up(self, job: Job) -> None:
        job.expired.set()
        self._stop(job)

    def _stop(self, job: Job) -> None:
        with self._turn:
            if self._busy is job:
                self._interrupt()

    def _ended(self, job: Job) -> None:
        job.ended = self._clock.now()
        job.state = DONE
        job.done.set()
        job.settled.set()

    def close(self) -> None:
        self._faults.release_all()
        for job in self.jobs.values():
            if not job.done.is_set():
                self.cancel(job)
        self._workers.shutdown(wait=True)
