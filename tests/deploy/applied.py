"""The machine's own gcloud applies `deploy/` to a cloud of these tests, step by step: from nothing,
again, after noise, after changes by somebody else. The tests of this file stand on one another."""

from __future__ import annotations

import copy
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from clients.deploying.apply import apply
from clients.deploying.commands import plan
from clients.deploying.declared import Declared
from clients.deploying.differences import compared, differences
from clients.deploying.gcloud import Gcloud
from clients.deploying.looking import READ, list_words
from clients.deploying.resource import Kind, State
from processors.errors import GcloudFailed
from tests.deploy import changes
from tests.deploy.changes import Change, Json
from tests.deploy.copies import (
    copies,
    kept,
    put_subscription,
    subscription,
)
from tests.deploy.environment import HOSTS
from tests.deploy.messages import RUN, kept_by, unknown_fields
from tests.deploy.server import Cloud

PROGRAM = Path(__file__).resolve().parents[2] / "deploy" / "apply"


@pytest.fixture(scope="module")
def applied(cloud: Cloud, gcloud: Gcloud, declared: Declared) -> Iterator[list[str]]:
    """What was said while an empty project was filled."""
    said: list[str] = []
    assert apply(gcloud, declared, dry_run=False, say=said.append) == 0
    yield said
    assert not [call for call in cloud.calls if call.method == "CONNECT"], "asked of the world"


def test_a_first_apply_says_each_command_and_its_reason(
    applied: list[str], cloud: Cloud, declared: Declared
) -> None:
    commands = [line for line in applied if line.startswith(("gcloud ", "bq "))]
    reasons = [line for line in applied if line.startswith("# ")]
    assert len(commands) == len(reasons) == len(differences(declared.state, State()))
    assert "# topic tipoff-dead is not there" in reasons
    assert applied[-1] == "all is as declared"
    named = {"tipoff-today", "tipoff-yesterday", "tipoff-reconcile", "tipoff-verify"}
    assert named <= cloud.keeping.schedules.keys()
    invokers = cloud.policies.get("projects/tipoff-test/locations/us-east1/services/tipoff")
    assert {"role": "roles/run.invoker", "members": _members("build", "push", "scheduler")} in (
        invokers["bindings"]
    )


def test_what_is_kept_are_messages_of_the_cloud_sdk(applied: list[str], cloud: Cloud) -> None:
    del applied
    kept = list(kept_by(cloud))
    planted = {**cloud.run.services["tipoff"], "colour": "red"}
    assert len(kept) > 15
    assert unknown_fields([*kept, (RUN, "Service", planted)]) == ["Service.colour"]


def test_a_second_apply_changes_nothing_whatever_noise_there_is(
    applied: list[str], cloud: Cloud, declared: Declared, folder: Path
) -> None:
    """By the program itself, that knows of the image only what serves."""
    del applied
    for kind, noises in changes.NOISE.items():
        for noise in noises:
            for said in (kept(cloud, Kind(kind)) or {}).values():
                noise(said)
    cloud.policies.grant("projects/tipoff-test", "roles/viewer", "user:somebody@example.com")
    labelled = subscription(cloud, "tipoff-landed") | {"labels": {"made-by": "somebody"}}
    put_subscription(cloud, "tipoff-landed", labelled)
    cloud.calls.clear()
    told = declared.parameters
    words = ["--project", told.project, "--project-number", told.project_number]
    words += ["--folder", str(folder)]
    ended = subprocess.run([PROGRAM, *words], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "all is as declared\n"), ended.stderr
    assert len(cloud.calls) > 10
    assert cloud.changes == []


@pytest.mark.parametrize(
    ("kind", "name", "cases"),
    [
        (Kind.SERVICE, "tipoff", changes.SERVICE),
        (Kind.JOB, "tipoff-rebuild", changes.JOB),
        (Kind.SCHEDULE, "tipoff-today", changes.SCHEDULE),
        (Kind.ACCOUNT, "tipoff-push", changes.ACCOUNT),
        (Kind.SUBSCRIPTION, "tipoff-landed", changes.SUBSCRIPTION),
    ],
)
def test_each_field_is_found_by_itself(
    kind: Kind,
    name: str,
    cases: Mapping[str, Change],
    applied: list[str],
    cloud: Cloud,
    gcloud: Gcloud,
    declared: Declared,
) -> None:
    """A copy of the thing for each change, all read by one question."""
    del applied
    original = declared.state.find(kind, name)
    assert original is not None
    envs = {field for field in original.fields if field.startswith("env ")}
    assert original.fields.keys() - envs <= cases.keys(), "a field that nobody changes here"
    with copies(cloud, kind, name, cases) as names:
        answer = gcloud.ask(list_words(declared)[kind])
    found = {one.name: one for one in map(READ[kind], answer)}
    for field, copied in names.items():
        same = replace(found[copied], name=name)
        differing = list(compared(original, same))
        assert [one.field for one in differing] == [field]
        todo = plan(declared.parameters, declared.state, differing)
        by_hand = field in changes.BY_HAND[kind]
        assert bool(todo.commands) is not by_hand
        assert bool(todo.by_hand) is by_hand


def test_what_somebody_changed_is_named_and_repaired(
    applied: list[str], cloud: Cloud, gcloud: Gcloud, declared: Declared
) -> None:
    """Everything at once, by one command a thing, or two. No image is told: traffic was rolled back
    to an older revision, and its image is the declared one, whatever was deployed since."""
    del applied
    service, job = cloud.run.services["tipoff"], cloud.run.jobs["tipoff-rebuild"]
    older = copy.deepcopy(cloud.run.revisions[service["status"]["latestReadyRevisionName"]])
    older["metadata"]["name"] = "tipoff-older"
    cloud.run.revisions = {"tipoff-older": older, **cloud.run.revisions}
    today, push = cloud.keeping.schedules["tipoff-today"], subscription(cloud, "tipoff-landed")
    account = cloud.keeping.accounts["tipoff-push@tipoff-test.iam.gserviceaccount.com"]
    several: list[tuple[str, Json, Kind, Mapping[str, Change]]] = [
        ("tipoff", service, Kind.SERVICE, changes.SERVICE),
        ("tipoff-rebuild", job, Kind.JOB, changes.JOB),
        ("tipoff-today", today, Kind.SCHEDULE, changes.SCHEDULE),
        ("tipoff-push", account, Kind.ACCOUNT, changes.ACCOUNT),
        ("tipoff-landed", push, Kind.SUBSCRIPTION, changes.SUBSCRIPTION),
    ]
    expected: set[tuple[str, str | None]] = set()
    for name, said, kind, cases in several:
        for field, change in cases.items():
            if field not in changes.BY_HAND[kind]:
                change(said)
                expected.add((name, field))
    put_subscription(cloud, "tipoff-landed", push)
    cloud.keeping.datasets["tipoff_scratch"]["defaultTableExpirationMs"] = "3600000"
    del cloud.keeping.schedules["tipoff-verify"]
    on_service = "projects/tipoff-test/locations/us-east1/services/tipoff"
    cloud.policies.grant(on_service, "roles/run.invoker", "allUsers")
    cloud.policies.grant("projects/tipoff-test", "roles/owner", _members("runtime")[0])
    on_dead = "projects/tipoff-test/topics/tipoff-dead"
    cloud.policies.set(on_dead, {"bindings": []})
    expected |= {("tipoff_scratch", "table expiration"), ("tipoff-verify", None)}

    said: list[str] = []
    told = declared.parameters.model_copy(update={"image": None})
    untold = replace(declared, parameters=told)
    assert apply(gcloud, untold, dry_run=False, say=said.append) == 0
    assert said[-1] == "all is as declared"
    assert _serving_image(cloud) == declared.parameters.image
    reasons = {one for line in said if line.startswith("# ") for one in line[2:].split("; ")}
    where = "tipoff-test.iam.gserviceaccount.com"
    assert {one for one in reasons if one.startswith("grant ")} == {
        f"grant roles/owner on project to serviceAccount:tipoff-runtime@{where} is not declared",
        "grant roles/run.invoker on service tipoff to allUsers is not declared",
        "grant roles/pubsub.publisher on topic tipoff-dead to"
        " serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com is not there",
    }
    for name, field in expected:
        start = f" {name}: {field} is " if field else f" {name} is not there"
        assert [one for one in reasons if start in one], f"{name}: {field}"
    assert len(reasons) == len(expected) + 3
    owners = cloud.policies.get("projects/tipoff-test")["bindings"]
    assert {"role": "roles/viewer", "members": ["user:somebody@example.com"]} in owners


def test_a_secret_is_given_to_who_reads_it_and_is_never_made(
    applied: list[str], cloud: Cloud, gcloud: Gcloud, declared: Declared
) -> None:
    del applied
    reader, *others = declared.accounts.accounts
    right = "roles/secretmanager.secretAccessor on secret odds-key"
    reader = reader.model_copy(update={"may": (*reader.may, right)})
    accounts = declared.accounts.model_copy(update={"accounts": (reader, *others)})
    reading = replace(declared, accounts=accounts)
    said: list[str] = []
    with pytest.raises(GcloudFailed, match=r"nothing was changed: .*odds-key.* not found"):
        apply(gcloud, reading, dry_run=False, say=said.append)
    path = "projects/tipoff-test/secrets/odds-key"
    cloud.secrets.add(path)
    assert apply(gcloud, reading, dry_run=False, say=said.append) == 0
    assert said[-1] == "all is as declared"
    granted = {"role": "roles/secretmanager.secretAccessor", "members": _members("runtime")}
    assert cloud.policies.get(path)["bindings"] == [granted]


def test_what_may_not_be_looked_at_is_not_taken_for_absent(
    applied: list[str], cloud: Cloud, gcloud: Gcloud, declared: Declared
) -> None:
    del applied
    cloud.forbidden = {f"{host}.test" for host in HOSTS.values()}
    cloud.calls.clear()
    said: list[str] = []
    with pytest.raises(GcloudFailed, match=r"nothing was changed: .*topic .* can't be looked at"):
        apply(gcloud, declared, dry_run=False, say=said.append)
    assert (said, cloud.changes) == ([], [])


def _serving_image(cloud: Cloud) -> str:
    """Of the revision that serves."""
    service = cloud.run.services["tipoff"]
    (serving,) = service["status"]["traffic"]
    revision = cloud.run.revisions[serving["revisionName"]]
    return str(revision["spec"]["containers"][0]["image"])


def _members(*accounts: str) -> list[str]:
    where = "tipoff-test.iam.gserviceaccount.com"
    return [f"serviceAccount:tipoff-{one}@{where}" for one in accounts]
