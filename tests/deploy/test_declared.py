"""`deploy/*.yaml` as a reader meets it: what is refused, and where; and what must hold between."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from clients.command import execute
from clients.deploying.agreeing import checked
from clients.deploying.declared import Declared, read_declared
from clients.deploying.differences import INVOKER
from clients.deploying.nesting import faults, limits
from clients.deploying.resource import Grant, Place
from processors.errors import UsageError
from processors.registry import load
from service.models.drift import DriftAsked
from service.models.requests import Predict, ProcessDate, Reconcile, Verify
from service.routes.process import asked_tables
from service.settings import READ_ELSEWHERE, Settings, load_settings
from tests.deploy.conftest import DEPLOY, TOLD
from tests.deploy.spoiling import spoil
from warehouse.bigquery.address import SCRATCH
from warehouse.bigquery.names import DATASETS
from warehouse.bigquery.schema import SCRATCH_EXPIRATION


@pytest.mark.parametrize(
    ("file", "before", "after", "words"),
    [
        ("service.yaml", "memory:", "memroy:", r"service\.yaml:5: memroy: there is no such field"),
        ("service.yaml", "memory:", "memroy:", r"memory: must be said"),
        ("service.yaml", "memory: 4Gi", "memory: much", r"service\.yaml:5: memory: .*pattern"),
        ("service.yaml", "{url}", "{urn}", r"there is no \{urn\}; there are history_start"),
        ("service.yaml", "cpu: 2", "cpu: 2\ncpu: 4", r"service\.yaml:5: cpu is said twice"),
        ("service.yaml", "cpu: 2", "cpu: [2", r"service\.yaml:\d+: "),
        ("pubsub.yaml", "ack_deadline: 540", "ack_deadline: 700", r"push\.ack_deadline: .* 600"),
        ("scheduler.yaml", "    uri:", "    url:", r"jobs\.0\.url: there is no such field"),
        ("accounts.yaml", "on project", "on projects", r"is not `roles/R on PLACE`"),
        ("accounts.yaml", "name: tipoff-push", "name: allUsers", r"accounts\.1\.name: .*pattern"),
        ("parameters.yaml", "us-east1", "here", r"parameters\.yaml:6: region: "),
        ("service.yaml", "env:", "secrets: {KEY: hunter2}\nenv:", r"secrets\.KEY: .*pattern"),
    ],
)
def test_a_fault_is_named_with_its_line(
    file: str, before: str, after: str, words: str, spoilt: Path
) -> None:
    spoil(spoilt / file, before, after)
    with pytest.raises(UsageError, match=words):
        read_declared(spoilt, TOLD)


def test_a_secrets_value_is_not_repeated(spoilt: Path) -> None:
    spoil(spoilt / "service.yaml", "env:", "secrets: {KEY: hunter2}\nenv:")
    with pytest.raises(UsageError) as refused:
        read_declared(spoilt, TOLD)
    assert "hunter2" not in refused.value.message


def test_nobody_applies_to_anothers_project(capsys: pytest.CaptureFixture[str]) -> None:
    """The repository names none."""
    from clients.deploying.apply import program

    assert execute(["--folder", str(DEPLOY)], program, name="deploy/apply") == 64
    assert "project: must be said, here or as --project" in capsys.readouterr().err
    with pytest.raises(UsageError, match=r"image: .*pattern"):
        read_declared(DEPLOY, TOLD | {"image": "host/tipoff:latest"})


def test_who_waits_waits_longer(declared: Declared) -> None:
    assert [one.seconds for one in limits(declared)] == [480, 540, 600, 900]
    assert list(faults(declared)) == []
    assert checked(declared) is declared


@pytest.mark.parametrize(
    ("file", "before", "after", "words"),
    [
        ("service.yaml", "SECONDS: 480", "SECONDS: 540", "ack_deadline is 540 s and must be more"),
        (
            "pubsub.yaml",
            "ack_deadline: 540",
            "ack_deadline: 600",
            "time_out is 600 s and must",
        ),
        ("service.yaml", "time_out: 600", "time_out: 540", "time_out is 540 s and must be more"),
        ("scheduler.yaml", "deadline: 900", "deadline: 599", "599 s and must be at least service"),
        ("scheduler.yaml", 'audience: "{url}"', 'audience: "{url}/x"', "TIPOFF_AUDIENCE=https"),
        ("scheduler.yaml", "account: tipoff-scheduler", "account: tipoff-runtime", "gets 403"),
        ("pubsub.yaml", "account: tipoff-push", "account: tipoff-posh", "no account tipoff-posh"),
        ("pubsub.yaml", "  topic: tipoff-landed", "  topic: tipoff-land", "no topic tipoff-land "),
        ("service.yaml", "topics/tipoff-completed", "topics/tipoff-done", "COMPLETION_TOPIC is"),
        ("pubsub.yaml", "topic: tipoff-dead\n  ack", "topic: tipoff-landed\n  ack", ": lost"),
    ],
)
def test_what_would_not_work_is_refused(
    file: str, before: str, after: str, words: str, spoilt: Path
) -> None:
    spoil(spoilt / file, before, after)
    with pytest.raises(UsageError, match=words):
        checked(read_declared(spoilt, TOLD))


def test_the_outermost_may_be_equal(spoilt: Path) -> None:
    spoil(spoilt / "scheduler.yaml", "attempt_deadline: 900", "attempt_deadline: 600")
    assert list(faults(read_declared(spoilt, TOLD))) == []


BODIES: dict[str, type[BaseModel]] = {
    "/process-date": ProcessDate,
    "/predict": Predict,
    "/reconcile": Reconcile,
    "/verify": Verify,
    "/drift": DriftAsked,
}


def test_what_the_scheduler_asks_is_understood(declared: Declared) -> None:
    url = declared.parameters.service_url
    for one in declared.scheduler.jobs:
        assert one.uri.startswith(url)
        BODIES[one.uri.removeprefix(url)].model_validate_json(json.dumps(one.body))
    assert declared.pubsub.push.endpoint == f"{url}/pubsub/push"


def test_the_scheduler_asks_for_every_table(declared: Declared) -> None:
    """Of one that nobody asks for, `tipoff-verify` would find each date missing."""
    registry = load()
    asked: set[str] = set()
    for one in declared.scheduler.jobs:
        if one.uri.endswith("/predict"):
            asked.update(asked_tables(Predict.model_validate(one.body).work, registry))
        elif one.uri.endswith("/process-date"):
            asked.update(asked_tables(ProcessDate.model_validate(one.body), registry))
    assert {one.table for one in registry.upstream(tuple(asked))} == {one.table for one in registry}


@pytest.mark.parametrize("part", ["service", "job"])
def test_every_variable_is_a_setting_that_the_code_takes(
    part: str, declared: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in getattr(declared, part).env.items():
        assert name not in READ_ELSEWHERE
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.owned_layers == ("analytics", "precompute", "predictions")
    if part == "service":
        assert settings.auth == "platform"
        assert len(settings.allowed_emails) == 3
    assert isinstance(settings, Settings)


def test_only_named_accounts_may_call(declared: Declared) -> None:
    grants = declared.state.grants
    invokers = {one.member for one in grants if one.role == INVOKER}
    allowed = declared.service.env["TIPOFF_ALLOWED_EMAILS"].split(",")
    assert invokers == {f"serviceAccount:{one}" for one in allowed}
    assert {one.place.kind for one in grants if one.role == INVOKER} == {"service"}
    assert all(one.member.startswith("serviceAccount:") for one in grants)


def test_pubsubs_agent_may_make_the_tokens_that_it_pushes_with(declared: Declared) -> None:
    agent = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
    maker = "roles/iam.serviceAccountTokenCreator"
    assert Grant(Place("account", declared.pubsub.push.account), maker, agent) in (
        declared.state.grants
    )


def test_the_runtime_account_may_edit_what_is_ours_and_read_what_is_others(
    declared: Declared,
) -> None:
    """As docs/bigquery.md has it."""
    member = "serviceAccount:tipoff-runtime@tipoff-test.iam.gserviceaccount.com"

    def titles(role: str) -> set[str]:
        grants = declared.state.grants
        return {one.title for one in grants if (one.member, one.role) == (member, role)}

    ours = ("nba_analytics", "nba_precompute", "nba_predictions", "nba_ops", "tipoff_scratch")
    written = [one.table for one in load().contracts.values() if one.written_here]
    assert written
    assert titles("roles/bigquery.dataEditor") == {
        *(f"dataset {one}" for one in ours),
        *(f"table {one}" for one in written),
    }
    assert titles("roles/bigquery.dataViewer") == {"dataset nba_raw"}
    assert titles("roles/bigquery.jobUser") == {""}


def test_the_datasets_are_those_of_the_contracts(declared: Declared) -> None:
    """`tipoff schema apply` finds the scratch dataset as it would have made it."""
    scratch = declared.bigquery.scratch
    assert scratch.name == SCRATCH
    assert scratch.table_expiration * 1000 == SCRATCH_EXPIRATION
    named = {one.title for one in declared.state.grants if one.title.startswith("dataset ")}
    assert named == {f"dataset {one}" for one in (*DATASETS, "nba_raw", SCRATCH)}


def test_a_table_is_named_whole(declared: Declared) -> None:
    """Those beside it, and one whose name begins as its own, are not."""
    title = "table nba_raw.live_predictions"
    (grant,) = [one for one in declared.state.grants if one.title == title]
    whole = "projects/tipoff-test/datasets/nba_raw/tables/live_predictions"
    assert grant.condition.startswith(f'resource.name == "{whole}" || ')


def test_a_prefix_goes_everywhere(declared: Declared) -> None:
    told = declared.parameters.model_copy(update={"prefix": "test_"})
    other = read_declared(overrides={**told.model_dump(exclude_none=True)})
    assert replace(other, parameters=told).bigquery.scratch.name == "test_tipoff_scratch"
    assert all(
        "/datasets/test_" in one.condition for one in other.state.grants if "data" in one.role
    )
    assert other.service.env["TIPOFF_WAREHOUSE"].endswith("?prefix=test_")
