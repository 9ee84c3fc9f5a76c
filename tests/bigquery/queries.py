"""Query jobs: read, weighed, refused or carried out, and written where they are to go."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from tests.bigquery import scripts
from tests.bigquery.analysis import analyser
from tests.bigquery.errors import ApiError, invalid, not_implemented
from tests.bigquery.fields import schema_to_api
from tests.bigquery.jobs import Job
from tests.bigquery.office import Office
from tests.bigquery.preparing import DML, Prepared, Surroundings, prepare
from tests.bigquery.results import Held, Stored
from tests.bigquery.sizes import Sizes
from tests.bigquery.spelling import Statement, statements
from tests.bigquery.statements import Outcome, execute
from tests.bigquery.storage import Storage
from tests.bigquery.translation import Parameter
from tests.bigquery.values import parameter_field, parameter_value
from tests.bigquery.writing import destination, write


def carry_out(job: Job, storage: Storage, sizes: Sizes, office: Office) -> None:
    given = job.specific
    if not given.get("query"):
        raise ApiError("required", "Required parameter is missing: query")
    if given.get("useLegacySql", True):
        raise not_implemented("legacy SQL: send useLegacySql false")
    around = Surroundings(
        storage,
        sizes,
        analyser(),
        parameters(given),
        given.get("defaultDataset", {}).get("datasetId"),
    )
    found = statements(given["query"])
    if len(found) > 1 or found[0].transaction:
        _script(job, found, around, office)
    else:
        _single(job, found[0], around)


def parameters(given: Mapping[str, Any]) -> dict[str, Parameter]:
    listed = given.get("queryParameters", [])
    if listed and given.get("parameterMode", "NAMED").upper() != "NAMED":
        raise not_implemented("positional parameters")
    made = {}
    for one in listed:
        field = parameter_field(one["name"], one["parameterType"])
        made[one["name"].lower()] = Parameter(
            field, parameter_value(one.get("parameterValue", {}), field)
        )
    return made


def _single(job: Job, statement: Statement, around: Surroundings) -> None:
    prepared = prepare(statement, around)
    _weighed(job, prepared)
    job.statistics["statementType"] = prepared.type
    if prepared.type == "SELECT":
        job.statistics["schema"] = schema_to_api(prepared.schema)
    if job.dry_run:
        _check_destination(job, prepared)
        return
    if job.specific.get("destinationTable"):
        _check_destination(job, prepared)
        _into_table(job, prepared, around.storage)
        return
    _finished(job, execute(prepared))


def _weighed(job: Job, prepared: Prepared) -> None:
    """The bytes; a job that may not cost them ends before it starts."""
    job.processed = prepared.processed()
    billed = prepared.billed(job.processed)
    if not job.dry_run:
        _refuse_above(job.specific.get("maximumBytesBilled"), billed)
    job.statistics |= {
        "totalBytesProcessed": str(job.processed),
        "totalBytesBilled": "0" if job.dry_run else str(billed),
        "cacheHit": False,
        "billingTier": 1,
        "referencedTables": [one.name.api for one in prepared.tables.values()],
    }


def _refuse_above(limit: str | None, billed: int) -> None:
    if limit is not None and billed > int(limit):
        raise ApiError(
            "bytesBilledLimitExceeded",
            f"Query exceeded limit for bytes billed: {limit}. {billed} or higher required.",
        )


def _check_destination(job: Job, prepared: Prepared) -> None:
    if job.specific.get("destinationTable") and prepared.type != "SELECT":
        raise invalid("Cannot set destination table in jobs with DML or DDL statements")


def _into_table(job: Job, prepared: Prepared, storage: Storage) -> None:
    to = destination(job.specific, job.project, write="WRITE_EMPTY")
    found, schema = prepared.translated(), prepared.schema
    write(storage, to, found.text, found.values, schema)
    job.schema, job.rows = schema, Stored(storage, to.name, schema)


def _finished(job: Job, outcome: Outcome) -> None:
    job.statistics |= outcome.statistics
    job.schema, job.rows = outcome.schema, Held(outcome.rows)
    if outcome.type in DML and outcome.target:
        job.specific.setdefault("destinationTable", outcome.target.api)
    elif outcome.type == "SELECT":
        job.specific.setdefault("destinationTable", anonymous(job))


def anonymous(job: Job) -> dict[str, str]:
    """Where BigQuery keeps a result for a day. Here it is named, and no table."""
    digest = hashlib.sha256(job.job_id.encode()).hexdigest()
    return {
        "projectId": job.project,
        "datasetId": f"_{digest[:40]}",
        "tableId": f"anon{digest[:56]}",
    }


def _script(job: Job, found: Sequence[Statement], around: Surroundings, office: Office) -> None:
    if job.specific.get("destinationTable"):
        raise invalid("configuration.query.destinationTable cannot be set for scripts")
    job.statistics["statementType"] = "SCRIPT"
    key = scripts.key_result(job.specific)
    scripts.parse(found, around)
    if job.dry_run:
        for one in found:
            if not one.transaction:
                job.processed += prepare(one, around).processed()
        return

    def weigh(prepared: Prepared) -> None:
        processed = prepared.processed()
        job.processed += processed
        job.billed += prepared.billed(processed)
        _refuse_above(job.specific.get("maximumBytesBilled"), job.billed)

    def step(prepared: Prepared, outcome: Outcome) -> None:
        child = _child(job, prepared, around.storage.clock.now())
        _finished(child, outcome)
        office.plant(child)
        job.children += 1

    outcome = scripts.run(found, around, weigh, step, key)
    job.schema, job.rows = outcome.schema, Held(outcome.rows)
    job.statistics["totalBytesProcessed"] = str(job.processed)
    job.statistics["totalBytesBilled"] = str(job.billed)


def _child(job: Job, prepared: Prepared, now: int) -> Job:
    """Each statement of a script has a job of its own, which the client doesn't send."""
    digest = hashlib.sha256(job.job_id.encode()).hexdigest()[:32]
    return Job(
        job.project,
        f"script_job_{digest}_{job.children}",
        {"query": {"query": prepared.statement.text.strip(), "useLegacySql": False}},
        now,
        job.job_id,
    )
