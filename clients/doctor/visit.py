"""A visit: all checks of one deployment, with what the later take from the earlier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain

from clients.doctor import access, places, rights
from clients.doctor.check import Check
from clients.doctor.choosing import Chosen, choose
from clients.doctor.deployment import Deployment, OnBigQuery
from clients.doctor.finding import Finding, beside_the_point
from clients.doctor.prices import raw_rows, statements
from clients.doctor.pubsub import NAME as SUBSCRIPTION
from clients.doctor.pubsub import path_of, read_subscription
from clients.doctor.rehearsing import NAME as END_TO_END
from clients.doctor.rehearsing import end_to_end
from clients.doctor.schema import schema
from clients.doctor.subscription import pushed
from processors.errors import ContractError
from warehouse.bigquery.address import SCRATCH

ONLY_BIGQUERY = ("credentials", "project", "jobs", "metadata", "location", "read", "write")
MAKE_DATASETS = "roles/bigquery.user on the project, by which the rehearsal's datasets are made"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What whoever calls the doctor says."""

    day: date | None = None
    is_agreed: bool = False
    """To reading much."""
    is_kept: bool = False
    """The rehearsal."""
    subscription: str | None = None
    url: str | None = None


@dataclass
class Visit:
    """Once each."""

    examined: Deployment
    asked: Asked
    bytes_read: int = 0
    _chosen: Chosen | None = None

    def checks(self) -> Iterator[Check]:
        examined = self.examined
        if isinstance(examined, OnBigQuery):
            yield from _of_bigquery(examined)
        else:
            for name in ONLY_BIGQUERY:
                yield Check(name=name, look=partial(_only_bigquery, name))
            yield Check(name="schema", look=partial(schema, examined))
        yield Check(name=SUBSCRIPTION, look=self._subscription)
        is_cloud = isinstance(examined, OnBigQuery)
        yield Check(name="date", look=self._date, after=("read nba_raw",) if is_cloud else ())
        yield Check(name="statements", look=self._statements, after=("date",))
        yield Check(
            name=END_TO_END,
            look=self._end_to_end,
            after=("date", "statements") if is_cloud else ("date",),
            role=MAKE_DATASETS,
        )

    @property
    def chosen(self) -> Chosen:
        if self._chosen is None:
            raise ContractError("a check that stands on a date has to come after its choice")
        return self._chosen

    def _subscription(self) -> Iterator[Finding]:
        asked, settings = self.asked, self.examined.settings
        if asked.subscription is None:
            yield beside_the_point(SUBSCRIPTION, "nobody asked", "name it by --subscription")
            return
        project = settings.project
        if isinstance(self.examined, OnBigQuery):
            project = self.examined.connection.address.project
        path = path_of(asked.subscription, project)
        found = read_subscription(path)
        if isinstance(found, Finding):
            yield found
        else:
            yield from pushed(path, found, settings, asked.url)

    def _date(self) -> Iterator[Finding]:
        finding, self._chosen = choose(self.examined, self.asked.day)
        yield finding

    def _statements(self) -> Iterator[Finding]:
        examined = self.examined
        if not isinstance(examined, OnBigQuery):
            yield beside_the_point("statements", "reading costs nothing on DuckDB")
            return
        found = (statements(examined, self.chosen), raw_rows(examined, self.chosen))
        for finding, read in chain(*found):
            self.bytes_read += read
            yield finding

    def _end_to_end(self) -> Iterator[Finding]:
        yield from end_to_end(
            self.examined,
            self.chosen,
            bytes_read=self.bytes_read,
            is_agreed=self.asked.is_agreed,
            is_kept=self.asked.is_kept,
        )


def _of_bigquery(examined: OnBigQuery) -> Iterator[Check]:
    yield Check(name="credentials", look=partial(access.credentials, examined))
    yield Check(name="project", look=partial(access.project, examined), after=("credentials",))
    yield Check(
        name="jobs",
        look=partial(access.first_job, examined),
        after=("project",),
        role=access.SEND_JOBS,
    )
    yield Check(name="metadata", look=partial(places.metadata, examined), after=("project",))
    yield Check(name="location", look=partial(places.location, examined), after=("project",))
    yield Check(
        name="schema",
        look=partial(schema, examined),
        after=("project",),
        role=places.READ_METADATA,
    )
    for dataset in examined.by_dataset:
        yield Check(
            name=f"read {dataset}",
            look=partial(rights.reading, examined, dataset),
            after=("jobs",),
            role=rights.role(examined, dataset),
        )
    for dataset in examined.written:
        yield Check(
            name=f"write {dataset}",
            look=partial(rights.writing, examined, dataset),
            after=("jobs",),
            role=rights.role(examined, dataset, to_write=True),
        )
    yield Check(
        name="write scratch",
        look=partial(rights.making, examined),
        after=("jobs",),
        role=rights.role(examined, SCRATCH),
    )


def _only_bigquery(name: str) -> Iterator[Finding]:
    yield beside_the_point(name, "only BigQuery has it")
