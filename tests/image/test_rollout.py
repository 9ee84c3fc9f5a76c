"""A rollout by the real gcloud: who gets traffic, when it goes back, and what ends it."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.environment import pointed, sdk
from tests.deploy.server import Cloud, listening

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "deploy" / "image" / "rollout.py"
COMMIT = "4a" * 20
TAG = "c-4a4a4a4"
OLD, NEW = (f"host/tipoff@sha256:{digit * 64}" for digit in "12")
AUDIENCE = "https://tipoff.example"


@dataclass(frozen=True)
class Stage:
    """A service in a cloud, and the folder that the steps share."""

    cloud: Cloud
    environment: dict[str, str]
    folder: Path

    def step(self, name: str, *more: str) -> subprocess.CompletedProcess[str]:
        place = (f"--project={self.cloud.project}", f"--region={self.cloud.region}")
        told = (f"--folder={self.folder}", "--service=tipoff", f"--commit={COMMIT}", *more)
        return subprocess.run(
            [sys.executable, PROGRAM, name, *place, *told],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def traffic(self) -> list[dict[str, Any]]:
        return self.cloud.run.services["tipoff"]["status"]["traffic"]

    @property
    def shares(self) -> dict[str, int]:
        return {one["revisionName"]: one["percent"] for one in self.traffic if one.get("percent")}

    @property
    def tags(self) -> list[str]:
        return [one["tag"] for one in self.traffic if one.get("tag")]

    def passes(self, what: str) -> None:
        (self.folder / f"{what}-passed").touch()


def service() -> dict[str, Any]:
    """As it serves before; then the latest revision shares the traffic with the first."""
    container = {"image": OLD, "env": [{"name": "TIPOFF_AUDIENCE", "value": AUDIENCE}]}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": "tipoff", "annotations": {}},
        "spec": {"template": {"metadata": {}, "spec": {"containers": [container]}}},
    }


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """After the first step, which every other begins from."""
    sdk()
    folder = tmp_path_factory.mktemp("rollout")
    cloud = Cloud()
    first = cloud.run.create_service(service())["status"]["latestReadyRevisionName"]
    changed = service()
    changed["spec"]["template"]["spec"]["containerConcurrency"] = 32
    cloud.run.replace_service("tipoff", changed)
    changed["spec"]["traffic"] = [
        {"revisionName": first, "percent": 10},
        {"latestRevision": True, "percent": 90},
    ]
    cloud.run.replace_service("tipoff", changed)
    (folder / "image").write_text(f"{NEW}\n")
    with ExitStack() as stack:
        proxy = stack.enter_context(listening(cloud))
        stage = Stage(cloud, os.environ | pointed(proxy, folder), folder)
        done = stage.step("stage")
        assert done.returncode == 0, done.stderr
        yield stage


@pytest.fixture
def stage(staged: Stage, tmp_path: Path) -> Iterator[Stage]:
    """The same cloud as it was then, and a folder of one's own."""
    before = copy.deepcopy(staged.cloud.run)
    for name in ("image", "revision", "tagged-url", "service-url"):
        shutil.copy(staged.folder / name, tmp_path)
    yield replace(staged, folder=tmp_path)
    staged.cloud.run = before


def test_staged(staged: Stage) -> None:
    """It is there under its tag, and nobody is sent to it."""
    told = {name: (staged.folder / name).read_text().strip() for name in ("revision", "tagged-url")}
    new = staged.cloud.run.revisions[told["revision"]]
    assert new["spec"]["containers"][0]["image"] == NEW
    assert sorted(staged.shares.values()) == [10, 90]
    assert told["revision"] not in staged.shares
    assert told["tagged-url"] == f"https://{TAG}---tipoff-123456789012.us-east1.run.app"
    assert (staged.folder / "service-url").read_text().strip() == AUDIENCE


def test_through(stage: Stage) -> None:
    """Both smoke tests pass: it has all the traffic, and the tag is gone."""
    stage.passes("staged")
    assert stage.step("shift").returncode == 0
    revision = (stage.folder / "revision").read_text().strip()
    assert stage.shares == {revision: 100}
    stage.passes("serving")
    assert stage.step("settle").returncode == 0
    assert (stage.shares, stage.tags) == ({revision: 100}, [])


def test_back(stage: Stage) -> None:
    """It serves and fails: those who served before have the traffic again, in their shares."""
    before = stage.shares
    stage.passes("staged")
    assert stage.step("shift").returncode == 0
    assert stage.shares != before
    done = stage.step("settle")
    assert done.returncode == 1
    assert "traffic went back" in done.stderr
    assert (stage.shares, stage.tags) == (before, [])


def test_not_passed(stage: Stage) -> None:
    """No traffic at all, and no tag that would keep an instance of it alive."""
    before = stage.shares
    done = stage.step("shift")
    assert done.returncode == 1
    assert "didn't pass the smoke test" in done.stderr
    assert (stage.shares, stage.tags) == (before, [])


def test_no_service(staged: Stage, tmp_path: Path) -> None:
    """The first deploy is deploy/apply's."""
    (tmp_path / "image").write_text(NEW)
    done = replace(staged, folder=tmp_path).step("stage", "--service=another")
    assert done.returncode == 1
    assert "another" in done.stderr
    assert "gcloud ended with 1" in done.stderr


def test_nothing_was_staged(staged: Stage, tmp_path: Path) -> None:
    for step in ("stage", "shift"):
        done = replace(staged, folder=tmp_path).step(step, "--service=tipoff")
        assert done.returncode == 1
        assert "the step that writes it didn't run" in done.stderr
