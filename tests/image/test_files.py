"""The files that an image is made by: linted, and saying what they must."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()
PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)(.*)$", re.MULTILINE)


def lint(path: Path) -> list[str]:
    done = subprocess.run(
        [BIN / "hadolint", "--format", "json", path], capture_output=True, text=True, check=False
    )
    return [one["code"] for one in json.loads(done.stdout)]


def pins(lock: str) -> set[tuple[str, str, str]]:
    return set(PIN.findall((ROOT / "requirements" / lock).read_text().replace(" \\", "")))


class TestDockerfile:
    def test_lint(self) -> None:
        assert lint(ROOT / "Dockerfile") == []

    @pytest.mark.parametrize(
        ("said", "instead", "code"),
        [
            ("USER 10001:10001", "USER root", "DL3002"),
            ("WORKDIR /build", "WORKDIR build", "DL3000"),
            ('ENTRYPOINT ["tipoff"]', "ENTRYPOINT tipoff", "DL3025"),
            ("EXPOSE 8080", "RUN sudo true", "DL3004"),
        ],
    )
    def test_lint_finds(self, tmp_path: Path, said: str, instead: str, code: str) -> None:
        assert said in DOCKERFILE
        (tmp_path / "Dockerfile").write_text(DOCKERFILE.replace(said, instead))
        assert code in lint(tmp_path / "Dockerfile")

    def test_base(self) -> None:
        """One for both stages, to be swapped, and pinned to a version that we work with."""
        (base,) = re.findall(r"^ARG BASE=(\S+)$", DOCKERFILE, re.MULTILINE)
        assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["${BASE}", "${BASE}"]
        assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", base)
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        assert base.startswith(f"python:{project['tool']['mypy']['python_version']}.")
        tested = base.replace("-slim", "")
        assert f"name: {tested}\n" in (ROOT / "cloudbuild.yaml").read_text()

    def test_user(self) -> None:
        """By number, so that a platform can see that it isn't root, and before what it runs."""
        last = DOCKERFILE.rpartition("\nFROM ")[2]
        (user,) = re.findall(r"^USER (\d+):\d+$", last, re.MULTILINE)
        assert int(user) >= 1000
        assert last.index("\nUSER ") > last.rindex("\nRUN ")

    def test_commit_is_wanted(self) -> None:
        """As late as can be, so that a commit doesn't make every layer anew; never by default."""
        last = DOCKERFILE.rpartition("\nFROM ")[2]
        assert re.findall(r"^ARG (.*)$", last, re.MULTILINE) == ["COMMIT", "BUILT_AT"]
        assert last.index("COPY --from=build") < last.index("\nARG COMMIT")

    @pytest.mark.parametrize(
        ("commit", "built_at", "is_built"),
        [
            ("4a" * 20, "2026-11-20T10:00:00Z", True),
            ("", "2026-11-20T10:00:00Z", False),
            ("4a51d52", "2026-11-20T10:00:00Z", False),
            ("4a" * 20 + "0", "2026-11-20T10:00:00Z", False),
            ("main", "2026-11-20T10:00:00Z", False),
            ("4a" * 20, "", False),
            ("4a" * 20, "yesterday", False),
        ],
    )
    def test_commit_is_checked(self, commit: str, built_at: str, *, is_built: bool) -> None:
        """The Dockerfile's own words, as a shell has them."""
        (checked,) = re.findall(r"^RUN (expr (?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE)
        told = {"COMMIT": commit, "BUILT_AT": built_at, "PATH": os.environ["PATH"]}
        done = subprocess.run(["sh", "-c", checked], env=told, capture_output=True, check=False)
        assert (done.returncode == 0) == is_built


class TestContext:
    def test_allowed(self) -> None:
        """Everything is left out but what is named; what the package holds is."""
        assert next(line for line in IGNORED if not line.startswith("#")) == "*"
        allowed = {line[1:] for line in IGNORED if line.startswith("!")}
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
        folders = {one.rstrip("*") for one in packages}
        read = {
            "pyproject.toml",
            project["project"]["readme"],
            *project["project"]["license-files"],
        }
        copied = re.findall(r"requirements/\w+\.lock", DOCKERFILE)
        assert allowed == {one for one in folders if (ROOT / one).is_dir()} | read | set(copied)

    def test_no_data(self) -> None:
        assert {"**/*.duckdb*", "**/*.parquet", "**/__pycache__"} <= set(IGNORED)


class TestLocks:
    @pytest.mark.parametrize("lock", ["runtime.lock", "build.lock"])
    def test_same_as_tested(self, lock: str) -> None:
        """What is shipped is what the tests ran with."""
        assert pins(lock)
        assert pins(lock) - pins("dev.lock") == set()

    @pytest.mark.parametrize("lock", ["runtime.lock", "build.lock", "dev.lock"])
    def test_hashes_and_no_addresses(self, lock: str) -> None:
        text = (ROOT / "requirements" / lock).read_text()
        assert "://" not in text
        blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
        assert len(blocks) == len(PIN.findall(text))
        assert [one for one in blocks if "--hash=sha256:" not in one] == []

    def test_all_that_is_declared(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        declared = project["project"]["dependencies"]
        names = {re.split(r"[\[><=!~]", one)[0] for one in declared}
        assert names <= {name for name, _, _ in pins("runtime.lock")}
        wanted = {re.split(r"[><=]", one)[0] for one in project["build-system"]["requires"]}
        assert wanted == {name for name, _, _ in pins("build.lock")}

    def test_nothing_heavy(self) -> None:
        heavy = {"catboost", "lightgbm", "pandas", "polars", "pyarrow", "scikit-learn", "scipy"}
        assert heavy & {name for name, _, _ in pins("runtime.lock")} == set()


def test_this_environment_is_no_image(tmp_path: Path) -> None:
    """The examination of an image finds what a working copy has and an image must not."""
    copy = tmp_path / "examine.py"
    shutil.copy(ROOT / "deploy" / "image" / "examine.py", copy)
    lock = ROOT / "requirements" / "runtime.lock"
    done = subprocess.run(
        [sys.executable, copy, "a" * 40, lock], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    said = done.stderr
    assert "pytest: none is locked" in said
    assert "a tool of builds: " in said
    assert "is compiled, and checked" in said or "isn't compiled" in said
    assert "it says it is None" in said
    assert "before the locked tzdata" in said
    assert "can't be imported" not in said
