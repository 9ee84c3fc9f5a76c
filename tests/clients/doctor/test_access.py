"""Rights and places, each lacking on purpose: what says so, and what goes on all the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clients.doctor.check import examined
from clients.doctor.deployment import OnBigQuery
from clients.doctor.finding import Finding, Verdict
from clients.doctor.visit import Asked, Visit
from tests.bigquery.server import BigQueryServer
from tests.clients.doctor.conftest import Deploy, standing
from tests.pipeline.small import PEOPLE
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR
from warehouse.bigquery.request import Request

JOBS = "/projects/{project}/jobs"
DATASETS = "/projects/{project}/datasets"
DATASET = "/projects/{project}/datasets/{dataset}"
TABLE = f"{DATASET}/tables/{{table}}"
DEAR = {"statements", "end to end"}


def found(deployment: OnBigQuery) -> dict[str, Finding]:
    """Of all checks but those that compute."""
    checks = (one for one in Visit(deployment, Asked()).checks() if one.name not in DEAR)
    return {one.name: one for one in examined(checks)}


def by_verdict(findings: dict[str, Finding], verdict: Verdict) -> list[str]:
    return [name for name, one in findings.items() if one.verdict is verdict]


def test_all_is_well(deployment: OnBigQuery) -> None:
    """And nothing is changed by looking."""
    before = standing(deployment.connection)
    seen = found(deployment)
    assert by_verdict(seen, Verdict.PASSED) == [name for name in seen if name != "subscription"]
    assert (seen["subscription"].verdict, seen["subscription"].counts) == (Verdict.SKIPPED, False)
    assert "this is not Google" in seen["credentials"].says
    assert seen["date"].says.startswith("2024-11-05")
    assert [one for one in seen if one.startswith("write")] == [
        *("write nba_raw", "write nba_analytics", "write nba_ops", "write scratch")
    ]
    assert standing(deployment.connection) == before


def test_no_credentials(
    deployment: OnBigQuery, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(EMULATOR)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    seen = found(deployment)
    assert by_verdict(seen, Verdict.FAILED) == ["credentials"]
    assert "gcloud auth application-default login" in seen["credentials"].says
    assert seen["project"].says == "waits for credentials"
    assert seen["jobs"].says == "waits for project"
    assert by_verdict(seen, Verdict.PASSED) == []


def test_no_project(deploy: Deploy, well: Address) -> None:
    seen = found(deploy(replace(well, project="no-such-project")))
    assert seen["project"].verdict is Verdict.FAILED
    assert "gcloud services enable bigquery.googleapis.com" in seen["project"].do
    assert seen["schema"].says == "waits for project"


def test_nobody_answers(deployment: OnBigQuery, server: BigQueryServer) -> None:
    """What may pass is not a failure, and nothing of an answer that looks like a token is said."""
    server.faults.answer("backendError", "Bearer ya29.of-somebody", route=DATASETS, times=2)
    project = found(deployment)["project"]
    assert (project.verdict, project.do) == (Verdict.UNDETERMINED, "try again")
    assert "ya29" not in str(project)


def test_no_jobs(deployment: OnBigQuery, server: BigQueryServer) -> None:
    server.faults.answer("accessDenied", kind="query", times=100)
    seen = found(deployment)
    assert seen["jobs"].verdict is Verdict.FAILED
    assert seen["jobs"].do == "give the account roles/bigquery.jobUser on the project"
    assert seen["read nba_ops"].says == seen["write scratch"].says == "waits for jobs"
    assert seen["date"].says == "waits for read nba_raw"
    assert {"metadata", "location", "schema"} <= set(by_verdict(seen, Verdict.PASSED))


@pytest.mark.parametrize(
    ("job", "check", "role"),
    [
        (2, "read nba_raw", "dataEditor on {prefix}nba_raw"),
        (4, "read nba_ops", "dataEditor on {prefix}nba_ops"),
        (7, "write nba_ops", "dataEditor on {prefix}nba_ops"),
        (8, "write scratch", "dataEditor on {prefix}tipoff_scratch"),
    ],
)
def test_one_right_is_lacking(
    deployment: OnBigQuery, server: BigQueryServer, well: Address, job: int, check: str, role: str
) -> None:
    """It is named; what doesn't stand on it is found well."""
    server.faults.answer("accessDenied", kind="query", nth=job)
    seen = found(deployment)
    assert by_verdict(seen, Verdict.FAILED) == [check]
    assert seen[check].do == f"give the account roles/bigquery.{role.format(prefix=well.prefix)}"
    waiting = ["date"] if check == "read nba_raw" else []
    assert by_verdict(seen, Verdict.SKIPPED) == ["subscription", *waiting]


def test_tables_of_others(deploy: Deploy, well: Address) -> None:
    """They are read, and not written; but for those that predictions write."""
    seen = found(deploy(owned_layers=("precompute",)))
    assert "write nba_analytics" not in seen
    assert seen["write nba_ops"].verdict is Verdict.PASSED
    says = seen["write nba_raw"].says
    assert says.startswith("nba_raw.live_predictions, nba_raw.model_predictions take rows")


@pytest.mark.parametrize("job", [5, 6])
def test_our_tables_among_others(
    deploy: Deploy, server: BigQueryServer, well: Address, job: int
) -> None:
    """The right that is lacking is one on a table, either of them, not on their dataset."""
    server.faults.answer("accessDenied", kind="query", nth=job)
    write = found(deploy(owned_layers=("precompute",)))["write nba_raw"]
    assert write.verdict is Verdict.FAILED
    tables = ("live_predictions", "model_predictions")
    whole = ", ".join(f"{well.prefix}nba_raw.{one}" for one in tables)
    assert write.do == f"give the account roles/bigquery.dataEditor on {whole}"


def test_metadata(deployment: OnBigQuery, server: BigQueryServer) -> None:
    server.faults.answer("accessDenied", method="GET", route=DATASET, times=100)
    server.faults.answer("accessDenied", method="GET", route=TABLE, times=100)
    seen = found(deployment)
    assert by_verdict(seen, Verdict.FAILED) == ["metadata", "schema"]
    for name in ("metadata", "schema"):
        assert "roles/bigquery.metadataViewer" in seen[name].do
    assert seen["location"].verdict is Verdict.UNDETERMINED
    assert seen["read nba_ops"].verdict is Verdict.PASSED


def test_location(deploy: Deploy, well: Address) -> None:
    seen = found(deploy(replace(well, location="EU")))
    assert seen["location"].verdict is Verdict.FAILED
    assert f"the address says EU: {well.prefix}nba_raw is in US" in seen["location"].says
    assert seen["schema"].verdict is Verdict.FAILED


def test_nothing_is_there_yet(deploy: Deploy, well: Address) -> None:
    seen = found(deploy(replace(well, prefix="empty_")))
    assert (seen["schema"].verdict, seen["metadata"].verdict) == (Verdict.UNDETERMINED,) * 2
    assert seen["schema"].do == "`tipoff schema apply` mends them"
    assert seen["read nba_raw"].says == "waits for schema: no table is there"
    assert seen["write scratch"].verdict is Verdict.FAILED


def test_schema(deploy: Deploy, well: Address) -> None:
    """What is missing can be mended; what would be lost blocks."""
    deployment = deploy(replace(well, prefix="older_"))
    contracts = deployment.registry.contracts
    players = contracts[PEOPLE]
    older = replace(players, columns=tuple(o for o in players.columns if o.name != "birth_date"))
    deployment.warehouse.migrate([older if one is players else one for one in contracts.values()])
    schema = found(deployment)["schema"]
    assert (schema.verdict, schema.do) == (
        Verdict.UNDETERMINED,
        "`tipoff schema apply` mends them",
    )
    assert f"{PEOPLE}.birth_date is not there" in schema.says
    table = deployment.connection.address.table(PEOPLE)
    text = f"ALTER TABLE `{table}` ADD COLUMN mine STRING"
    deployment.jobs.run(Request(what="a change", text=text))
    seen = found(deploy(replace(well, prefix="older_")))
    assert by_verdict(seen, Verdict.FAILED) == ["schema"]
    assert f"{PEOPLE}.mine is stored but not in the contract" in seen["schema"].says
    assert "tipoff schema diff" in seen["schema"].do
    assert seen["date"].says.startswith("no date after a season's first 14 days")
