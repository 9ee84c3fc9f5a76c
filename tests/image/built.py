"""The image, built and run on this machine: `make image`. It takes minutes, so `make test` leaves
it out: pytest finds files called test_ by itself, and others only where they are named."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.image.building import ROOT, Image, built
from tests.image.container import DATA, Container, ran, running

CACHE = ROOT / ".cache" / "image"
WAREHOUSE = {"TIPOFF_WAREHOUSE": f"duckdb://{DATA}/season.duckdb"}
DAY = "2026-01-15"
STARTS = 7
MB = 1e6
EXAMINED = ("deploy/image/examine.py", "requirements/runtime.lock")


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    lacking = [one for one in ("buildah", "debootstrap", "unshare") if not shutil.which(one)]
    assert not lacking, f"not on this machine: {', '.join(lacking)}; apt-get install them"
    assert os.geteuid() == 0, "buildah makes namespaces and devices here: run it as root"
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        yield built(Path(folder), CACHE, commit)


@pytest.fixture(scope="session")
def data(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample season's raw tables, made by the image itself, and what examines it."""
    folder = tmp_path_factory.mktemp("data")
    for file in EXAMINED:
        shutil.copy(ROOT / file, folder)
    owner = int(image.user.split(":")[0])
    os.chown(folder, owner, owner)
    done = ran(image, folder, "tipoff", "sample", "--seasons", "1", **WAREHOUSE)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def service(image: Image, data: Path) -> Iterator[Container]:
    log = data / "service.log"
    with running(image, data, log=log, **WAREHOUSE) as container:
        container.wait_until_ready()
        yield container


def test_examined(image: Image, data: Path) -> None:
    """Every module of ours loads; what is locked is there, compiled, and nothing else."""
    file, lock = (f"{DATA}/{Path(one).name}" for one in EXAMINED)
    done = ran(image, data, "python3", file, image.commit, lock)
    assert (done.returncode, done.stderr) == (0, "")


def test_config(image: Image) -> None:
    assert image.command == ["tipoff", "serve", "--host", "0.0.0.0"]  # noqa: S104
    assert image.user == "10001:10001"
    assert image.config["Labels"]["org.opencontainers.image.revision"] == image.commit
    assert image.config["Healthcheck"]["Test"][0] == "CMD"


def test_nothing_lent_stays(image: Image) -> None:
    """Neither the build's pip configuration nor its caches are in it."""
    left = [*image.root.glob("etc/pip.conf"), *image.root.glob("root/.*/*"), image.root / "build"]
    assert [one for one in left if one.exists() and (one.is_dir() or one.read_bytes())] == []


class TestService:
    """In this order: the last one ends it."""

    def test_who_it_is(self, service: Container) -> None:
        """The kernel says: not root, no capability, and nothing of the image can be written."""
        assert service.status("Uid").split() == ["10001"] * 4
        assert service.status("Gid").split() == ["10001"] * 4
        assert int(service.status("CapEff"), 16) == 0
        assert service.status("NSpid").split()[1] == "1"
        mounts = Path(f"/proc/{service.first}/mountinfo").read_text().splitlines()
        options = {one.split()[4]: one.split()[5].split(",") for one in mounts}
        assert "ro" in options["/"]
        assert "rw" in options[DATA]

    def test_version(self, service: Container, image: Image) -> None:
        said = httpx.get(f"{service.url}/version", trust_env=False).json()
        assert said["commit"] == image.commit
        assert said["built_at"] == image.environment["TIPOFF_BUILT_AT"]

    def test_smoke(self, service: Container, image: Image, data: Path) -> None:
        """As cloudbuild.yaml does it: the image asks the image."""
        asked = ("--url", service.url, "--commit", image.commit, "--date", DAY, "--json")
        done = ran(image, data, "tipoff", "smoke", *asked)
        assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "passed")

    def test_date(self, service: Container) -> None:
        answer = httpx.post(
            f"{service.url}/process-date",
            json={"analysis_date": DAY},
            timeout=120,
            trust_env=False,
        )
        said = answer.json()
        assert (answer.status_code, said["status"]) == (200, "completed")
        assert {one["status"] for one in said["results"]} == {"success"}
        assert all(one["rows"] > 0 for one in said["results"])

    def test_job(self, service: Container, image: Image, data: Path) -> None:
        """The same image with other arguments: here it finds the service and asks it."""
        done = ran(image, data, "tipoff", "run", "--start", DAY, "--json", **WAREHOUSE)
        assert done.returncode == 0, done.stderr
        assert '"unchanged"' in done.stdout

    def test_health(self, service: Container, image: Image, data: Path) -> None:
        assert self._health(service, image, data) == 0

    def test_end(self, service: Container, image: Image, data: Path) -> None:
        """SIGTERM arrives at the first process of its namespace, and it goes in peace."""
        code, seconds = service.end()
        assert code == 0
        assert seconds < 10
        assert '"stopped"' in (data / "service.log").read_text()
        assert self._health(service, image, data) == 1

    @staticmethod
    def _health(service: Container, image: Image, data: Path) -> int:
        """By the image's own check."""
        port = service.url.rpartition(":")[2]
        return ran(image, data, *image.config["Healthcheck"]["Test"][1:], PORT=port).returncode


def test_measured(image: Image, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What docs/image.md says; of a machine and a base that aren't Cloud Run's."""
    starts, ends = [], []
    for _ in range(STARTS):
        with running(image, data, log=data / "starts.log", **WAREHOUSE) as container:
            starts.append(container.wait_until_ready())
            code, seconds = container.end()
            assert code == 0
            ends.append(seconds)
    whole, base, ours = (
        size(one) for one in (image.root, image.base, image.root / "opt" / "tipoff")
    )
    with capsys.disabled():
        print(f"\nbuild            {image.build_seconds:6.1f} s")
        print(f"image            {whole / MB:6.0f} MB, of which base {base / MB:.0f} MB")
        print(
            f"/opt/tipoff      {ours / MB:6.0f} MB, {packed(image.root / 'opt') / MB:.0f} MB gzip"
        )
        print(f"start to ready   {statistics.median(starts):6.2f} s, at most {max(starts):.2f} s")
        print(f"SIGTERM to end   {statistics.median(ends):6.2f} s, at most {max(ends):.2f} s")
    assert ours < 400 * MB


def size(folder: Path) -> int:
    done = subprocess.run(
        ["du", "--summarize", "--bytes", "--one-file-system", folder],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[0])


def packed(folder: Path) -> int:
    """As a registry would hold a layer of it."""
    with subprocess.Popen(
        ["tar", "--create", "--gzip", "--directory", folder, "."], stdout=subprocess.PIPE
    ) as tar:
        assert tar.stdout
        return sum(len(block) for block in iter(lambda: tar.stdout.read(1 << 20), b""))
