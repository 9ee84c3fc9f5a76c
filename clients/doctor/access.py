"""Whether BigQuery can be reached at all: credentials, the project, a first job."""

from __future__ import annotations

import os
from collections.abc import Iterator

from clients.doctor.deployment import OnBigQuery
from clients.doctor.finding import Finding, failed, passed
from processors.errors import UsageError, WarehouseFailed
from warehouse.bigquery.connection import EMULATOR, ONCE
from warehouse.bigquery.request import Request

SEND_JOBS = "roles/bigquery.jobUser on the project"
WHO = "SELECT SESSION_USER() AS account"


def credentials(examined: OnBigQuery) -> Iterator[Finding]:
    """Found; what they are good for is for the others."""
    name, emulator = "credentials", os.environ.get(EMULATOR)
    try:
        found = examined.connection.client
    except UsageError as error:
        yield failed(name, error.message)
        return
    if emulator:
        yield passed(name, f"none are needed at {emulator} ({EMULATOR}): this is not Google")
    else:
        yield passed(name, f"found by Google's rules, for the project {found.project}")


def project(examined: OnBigQuery) -> Iterator[Finding]:
    """Asks for the name of one dataset, which anybody in the project may."""
    named = examined.connection.address.project
    try:
        examined.connection.call(
            f"looking for the project {named}",
            lambda client, seconds: list(
                client.list_datasets(max_results=1, retry=ONCE, timeout=seconds)
            ),
        )
    except WarehouseFailed as error:
        if error.retryable:
            raise
        do = (
            f"see that {named} is the project's id, and that BigQuery's API is on:"
            " `gcloud services enable bigquery.googleapis.com`"
        )
        yield failed("project", error.message, do)
    else:
        yield passed("project", f"{named} answers")


def first_job(examined: OnBigQuery) -> Iterator[Finding]:
    """Reads nothing; says whom BigQuery takes us for."""
    ((account,),) = examined.jobs.rows(
        Request(what="a first statement", text=WHO, maximum_bytes=examined.settings.maximum_bytes)
    )
    yield passed("jobs", f"a statement was carried out as {account}")
