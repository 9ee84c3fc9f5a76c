"""From a commit to traffic: `cloudbuild.yaml` is valid, in order, and of no project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.clients.google import serve_google
from tests.deploy.environment import sdk
from tests.image.steps import FILE, GIVEN, ROOT, read_build
from tests.service.process import Served

BUILD = read_build()
COMMIT = GIVEN["COMMIT_SHA"]
SDK_READS = """
import sys
root, path = sys.argv[1:]
sys.path[:0] = [f"{root}/lib", f"{root}/lib/third_party"]
from googlecloudsdk.api_lib.cloudbuild import cloudbuild_util, config
build = config.LoadCloudbuildConfigFromPath(path, cloudbuild_util.GetMessagesModule())
print(*(step.id for step in build.steps))
"""


def validated(file: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [program, "--builtin-schema", "vendor.cloudbuild", file]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def read_by_the_sdk(file: Path) -> subprocess.CompletedProcess[str]:
    """As `gcloud builds submit` does, without sending it."""
    root, python = sdk()
    command = [python, "-c", SDK_READS, root, file]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class TestForm:
    def test_valid(self) -> None:
        assert validated(FILE).returncode == 0
        said = read_by_the_sdk(FILE)
        assert said.stdout.split() == list(BUILD.steps), said.stderr

    @pytest.mark.parametrize(
        ("said", "instead"),
        [("allowFailure:", "allowFailures:"), ("dynamicSubstitutions:", "dynamicSubstitution:")],
    )
    def test_misspelled(self, tmp_path: Path, said: str, instead: str) -> None:
        """Both notice."""
        file = tmp_path / "cloudbuild.yaml"
        file.write_text(FILE.read_text().replace(said, instead))
        assert validated(file).returncode == 1
        assert read_by_the_sdk(file).returncode == 1

    def test_substitutions(self) -> None:
        """All that is used is declared, and all that is declared is used: else the build fails."""
        declared = set(BUILD.said["substitutions"])
        assert BUILD.names() == declared | set(GIVEN)
        assert BUILD.said["options"]["dynamicSubstitutions"] is True

    def test_no_project(self) -> None:
        """It is told which; nobody's stands in the file."""
        text = FILE.read_text()
        assert re.findall(r"[\w-]+@[\w-]+\.iam", text) == []
        assert re.findall(r"projects/(?!\$PROJECT_ID)", text) == []

    @pytest.mark.parametrize("name", BUILD.steps)
    def test_programs(self, name: str) -> None:
        """What is run is there, and every script can be read."""
        step = BUILD.step(name)
        for word in step["args"]:
            if re.fullmatch(r"[\w/]+\.(py|lock)", word):
                assert (ROOT / word).is_file()
        if step["entrypoint"] == "bash":
            flags, script = step["args"]
            assert flags == "-euc"
            assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0


class TestOrder:
    def test_steps(self) -> None:
        """One after the other; nothing gets traffic that hasn't been tried."""
        assert list(BUILD.steps) == [
            "test",
            "build",
            "examine",
            "push",
            "stage",
            "smoke-staged",
            "shift",
            "smoke-serving",
            "settle",
            "job",
        ]
        assert [one for one in BUILD.said["steps"] if "waitFor" in one] == []

    def test_may_fail(self) -> None:
        """Only what a later step judges."""
        lenient = [name for name, one in BUILD.steps.items() if one.get("allowFailure")]
        assert lenient == ["smoke-staged", "smoke-serving"]

    def test_one_image(self) -> None:
        """What is examined and what asks is what was built."""
        (image,) = {BUILD.step(name)["name"] for name in ("examine", *(smokes()))}
        assert image == f"us-east1-docker.pkg.dev/some-project/tipoff/tipoff:{COMMIT}"
        assert f'"{image}"' in BUILD.step("build")["args"][1]
        assert f'docker push "{image}"' in BUILD.step("push")["args"][1]


class TestDeclared:
    """The names are those of deploy/."""

    def test_names(self) -> None:
        folder = ROOT / "deploy"
        parameters = yaml.safe_load((folder / "parameters.yaml").read_text())
        job = yaml.safe_load((folder / "job.yaml").read_text())
        accounts = yaml.safe_load((folder / "accounts.yaml").read_text())
        said = BUILD.substitutions
        assert said["_REGION"] == parameters["region"]
        assert said["_JOB"] == job["name"].format(service=said["_SERVICE"])
        assert said["_REPOSITORY"] == accounts["repository"]
        assert said["_ACCOUNT"] in {one["name"] for one in accounts["accounts"]}


def smokes() -> list[str]:
    return [name for name in BUILD.steps if name.startswith("smoke-")]


@pytest.fixture(scope="module")
def served(raw_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("served") / "season.duckdb"
    shutil.copy(raw_season_file, file)
    built = {"TIPOFF_COMMIT": COMMIT, "TIPOFF_BUILT_AT": "2026-11-20T10:00:00Z"}
    with Served(file, built) as served:
        yield served


class TestSmoke:
    """Its scripts, run as they stand, against a service."""

    @pytest.mark.parametrize("name", smokes())
    @pytest.mark.parametrize("is_it", [True, False])
    def test_script(self, served: Served, tmp_path: Path, name: str, *, is_it: bool) -> None:
        rollout = tmp_path / "rollout"
        rollout.mkdir()
        for url in ("tagged-url", "service-url"):
            (rollout / url).write_text(f"{served.url}\n")
        _, script = BUILD.step(name)["args"]
        if not is_it:
            script = script.replace(COMMIT, "5b" * 20)
        with serve_google(tmp_path) as google:
            path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
            done = subprocess.run(
                ["bash", "-euc", script],
                cwd=tmp_path,
                env=os.environ | {"PATH": path, "GCE_METADATA_HOST": google.host},
                capture_output=True,
                text=True,
                check=False,
            )
            assert google.given, "it showed no token"
        assert (done.returncode == 0) == is_it, done.stderr
        passed = rollout / f"{name.removeprefix('smoke-')}-passed"
        assert passed.exists() == is_it
