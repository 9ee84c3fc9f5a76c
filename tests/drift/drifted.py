"""`tipoff drift` by the machine's own gcloud, against a project of these tests."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from clients.command import execute
from clients.deploying.resource import Kind
from processors import registry as registries
from processors.registry import Registry
from tests.deploy import changes
from tests.deploy.copies import kept, put_subscription, subscription
from tests.deploy.server import Cloud
from tests.drift.answering import There, answering, stored
from tests.drift.command import Drift, drift
from tests.drift.conftest import TOLD, Checkout
from tests.drift.recorded import Recorded
from tests.oracle.tiny import day
from tests.pipeline.small import OFFENSE, league, rewritten

__all__ = ["drift"]


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty dates with a game each; nothing is computed."""
    file = tmp_path_factory.mktemp("season") / "season.duckdb"
    stored(league(20), file)
    return file


@pytest.fixture
def there(
    season: Path, deployed: Cloud, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> Iterator[There]:
    """The revision that serves, of the checkout's commit."""
    monkeypatch.setenv("TIPOFF_NOW", f"{day(19)}T12:00:00-05:00")
    monkeypatch.setenv("K_REVISION", latest(deployed))
    with answering(season, commit=checkout.head) as found:
        yield found


def latest(cloud: Cloud) -> str:
    return str(cloud.run.services["tipoff"]["status"]["latestReadyRevisionName"])


def deploy(cloud: Cloud, letter: str, *, serves: bool = True) -> str:
    """A revision of another image; traffic follows it, or stays where it was."""
    said = copy.deepcopy(cloud.run.services["tipoff"])
    image = TOLD["image"].partition("@")[0] + f"@sha256:{letter * 64}"
    said["spec"]["template"]["spec"]["containers"][0]["image"] = image
    if not serves:
        said["spec"]["traffic"] = [{"revisionName": latest(cloud), "percent": 100}]
    cloud.run.replace_service("tipoff", said)
    return latest(cloud)


def test_clean_whatever_noise_there_is(there: There, deployed: Cloud, drift: Drift) -> None:
    for kind, noises in changes.NOISE.items():
        for noise in noises:
            for said in (kept(deployed, Kind(kind)) or {}).values():
                noise(said)
    deployed.policies.grant("projects/tipoff-test", "roles/viewer", "user:a@example.com")
    found = drift(there.url)
    assert found.unclean == []
    assert (found.code, found.verdict, found.commands) == (0, "clean", [])
    assert {one["part"] for one in found.findings} == {
        *("deployed", "access", "traffic", "code", "running", "tables", "data")
    }
    (serving,) = found.of("traffic")
    assert f"{latest(deployed)} (100 %, sha256:{'a' * 64})" in serving["says"]


@pytest.mark.usefixtures("undone")
def test_each_changed_field_is_named_with_its_repair(
    there: There, deployed: Cloud, drift: Drift, recorded: Recorded
) -> None:
    """Of everything that is changed at once nothing else is named; no value that may be a key."""
    push = subscription(deployed, "tipoff-landed")
    several = [
        ("service tipoff", deployed.run.services["tipoff"], changes.SERVICE),
        ("job tipoff-rebuild", deployed.run.jobs["tipoff-rebuild"], changes.JOB),
        ("schedule tipoff-today", deployed.keeping.schedules["tipoff-today"], changes.SCHEDULE),
        ("subscription tipoff-landed", push, changes.SUBSCRIPTION),
    ]
    expected = set()
    for about, said, cases in several:
        for field, change in cases.items():
            if field not in ("traffic", "image"):
                change(said)
                expected.add((about, field))
    put_subscription(deployed, "tipoff-landed", push)
    container = deployed.run.services["tipoff"]["spec"]["template"]["spec"]["containers"][0]
    container["env"].append({"name": "ODDS_API_KEY", "value": "hunter2"})
    expected.add(("service tipoff", "env ODDS_API_KEY"))
    on_service = "projects/tipoff-test/locations/us-east1/services/tipoff"
    deployed.policies.grant(on_service, "roles/run.invoker", "allUsers")
    deployed.policies.grant("projects/tipoff-test", "roles/run.invoker", "user:b@example.com")
    left_over = copy.deepcopy(deployed.keeping.schedules["tipoff-yesterday"])
    deployed.keeping.schedules["nightly"] = left_over | {"name": "projects/p/jobs/nightly"}
    recorded.forget("run services", "run jobs", "scheduler", "subscriptions list", "projects get")
    found = drift(there.url)
    assert found.code == 1
    assert {
        (one["about"], one["field"]) for one in found.of("deployed") if one["field"]
    } == expected
    (stranger,) = [one for one in found.unclean if one["about"] == "schedule nightly"]
    assert stranger["found"].endswith("/process-date")
    access = [one["about"] for one in found.of("access")]
    assert access == [
        "grant roles/run.invoker on service tipoff to allUsers",
        "grant roles/run.invoker on project to user:b@example.com",
    ]
    assert any("remove-iam-policy-binding tipoff" in one for one in found.commands)
    assert any("--concurrency=32" in one and "services update" in one for one in found.commands)
    assert "hunter2" not in json.dumps(found.findings) + json.dumps(found.commands)


@pytest.mark.usefixtures("undone")
def test_the_revision_that_serves_is_looked_at(
    there: There, deployed: Cloud, drift: Drift, recorded: Recorded, checkout: Checkout
) -> None:
    """Not the newest; nor what a field of the newest would make one believe."""
    older = latest(deployed)
    before = checkout.head
    checkout.write("code/a.sql", "SELECT 2")
    checkout.commit("another formula")
    newer = deploy(deployed, "b", serves=False)
    serving = deployed.run.revisions[older]
    serving["spec"]["timeoutSeconds"] = 77
    recorded.forget("run services list", "run revisions")
    found = drift(there.url)
    assert found.code == 1
    (traffic,) = found.of("traffic")
    assert f"{older} (100 %, sha256:{'a' * 64}) serves; the newest is {newer}" == traffic["says"]
    (code,) = found.of("code")
    assert (code["about"], code["found"]) == (f"tipoff, revision {older}", before)
    assert "1 commit touched its sources" in code["says"]
    assert "another formula" in code["says"]
    assert ("revision " + older, "time-out", "77") in {
        (one["about"], one["field"], one["found"]) for one in found.of("deployed")
    }

    deployed.run.services["tipoff"]["status"]["traffic"] = [
        {"revisionName": older, "percent": 90},
        {"revisionName": newer, "percent": 10},
        {"revisionName": newer, "tag": "c-1"},
    ]
    recorded.forget("run services list")
    both = drift(there.url)
    assert [one["about"] for one in both.of("code")] == [
        f"tipoff, revision {older}",
        f"tipoff, revision {newer}",
    ]
    assert [one["word"] for one in both.of("code")] == ["differs", "undetermined"]
    assert "90 %" in both.of("traffic")[0]["says"]
    assert (both.commands, len(both.by_hand)) == ([], 1)
    assert "say by --image" in both.by_hand[0]
    assert "image" not in {one["field"] for one in both.of("deployed")}


@pytest.mark.usefixtures("undone")
def test_what_is_hidden_is_not_clean(
    there: There, deployed: Cloud, drift: Drift, recorded: Recorded
) -> None:
    recorded.forget("run ")
    deployed.forbidden = {"us-east1-run.test"}
    found = drift(there.url)
    hidden = [one for one in found.unclean if one["word"] == "undetermined"]
    assert (found.code, hidden) == (2, found.unclean)
    assert {(one["part"], one["about"]) for one in hidden} >= {
        ("deployed", "service tipoff"),
        ("deployed", "job tipoff-rebuild"),
        ("access", "grant on service tipoff"),
        ("traffic", "service tipoff"),
    }
    assert "may not be asked" in hidden[0]["says"]
    assert not any(" run " in one for one in found.commands), "what is hidden is not made anew"


def test_nothing_answers(deployed: Cloud, drift: Drift) -> None:
    del deployed
    found = drift("http://127.0.0.1:9")
    assert found.code == 2
    assert {one["part"] for one in found.unclean} == {"code", "running", "tables", "data"}


@pytest.mark.usefixtures("undone")
def test_drill(
    season: Path,
    deployed: Cloud,
    drift: Drift,
    recorded: Recorded,
    checkout: Checkout,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Deploy A and compute; change a formula: the code is named. Deploy B: the dates are named.
    Reconcile: all is clean."""
    monkeypatch.setenv("TIPOFF_NOW", f"{day(19)}T12:00:00-05:00")
    commit, revision = checkout.head, latest(deployed)
    monkeypatch.setenv("K_REVISION", revision)
    with answering(season, commit=commit) as a:
        body = {"start": str(day(14)), "end": str(day(19))}
        done = httpx.post(f"{a.url}/process-range", json=body, timeout=120, trust_env=False)
        assert json.loads(done.text.splitlines()[-1])["counts"]["success"] > 0
        assert drift(a.url).unclean == []

        checkout.write("code/a.sql", "SELECT 20000")
        formula = checkout.commit("possessions count double")
        changed = rewritten(registry, OFFENSE, lambda text: text.replace("10000 *", "20000 *"))
        found = drift(a.url, code=changed)
        assert found.code == 1
        assert {(one["part"], one["field"]) for one in found.unclean} == {
            ("code", "commit"),
            ("running", OFFENSE),
        }
        (code,) = found.of("code")
        assert f"{revision}" in code["about"]
        assert (code["declared"], code["found"]) == (formula, commit)
        assert "possessions count double" in code["says"]
        with monkeypatch.context() as patch:
            patch.setattr(registries, "load", lambda: changed)
            asked = ["--dates", str(day(19)), "--dry-run", "--url", a.url]
            assert execute(["backfill", *asked]) == 1
        assert f"{OFFENSE} is {registry.processors[OFFENSE].logic_version} there" in (
            capsys.readouterr().err
        )

    revision = deploy(deployed, "b")
    monkeypatch.setenv("K_REVISION", revision)
    recorded.forget("run services list", "run revisions")
    image = TOLD["image"].partition("@")[0] + f"@sha256:{'b' * 64}"
    job = deployed.run.jobs["tipoff-rebuild"]["spec"]["template"]["spec"]["template"]["spec"]
    job["containers"][0]["image"] = image
    recorded.forget("run jobs list")
    with answering(season, changed, commit=formula) as b:
        found = drift(b.url, code=changed)
        (stale,) = found.unclean
        assert (stale["part"], stale["about"], stale["field"]) == ("data", OFFENSE, "other_code")
        assert stale["found"] == "19"
        assert f"19 dates, {day(0)} to {day(18)}, were written by other code" in stale["says"]
        assert f"sha256:{'b' * 64}" in found.of("traffic")[0]["says"]

        seen = httpx.post(f"{b.url}/drift", json={}, trust_env=False)
        assert (seen.status_code, seen.json()["revision"]) == (500, revision)
        assert [(one["table"], one["evidence"]["dates"]) for one in seen.json()["tables"]] == [
            (OFFENSE, 19)
        ]

        body = {"days": 30}
        done = httpx.post(f"{b.url}/reconcile", json=body, timeout=120, trust_env=False)
        assert done.status_code == 200, done.text[-500:]
        found = drift(b.url, code=changed)
        assert (found.code, found.unclean) == (0, [])
        assert httpx.post(f"{b.url}/drift", json={}, trust_env=False).status_code == 200
