"""One cloud for a file of tests, and the machine's gcloud pointed at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.deploying.declared import Declared, read_declared
from clients.deploying.gcloud import Gcloud, found_gcloud
from tests.deploy.environment import discovery, pointed, sdk
from tests.deploy.server import Cloud, listening
from tests.service.emulator import running_emulator

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
IMAGE = f"us-east1-docker.pkg.dev/tipoff-test/tipoff/tipoff@sha256:{'a' * 64}"
TOLD = {"project": "tipoff-test", "project_number": "123456789012", "image": IMAGE}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Empty at first; what the world outside would have been asked is in its calls."""
    folder = tmp_path_factory.mktemp("cloud")
    root, _ = sdk()
    with running_emulator(folder) as emulator:
        found = Cloud(emulator=emulator.address, discovery=discovery(root))
        with listening(found) as address, pytest.MonkeyPatch.context() as patch:
            for name, value in pointed(address, folder).items():
                patch.setenv(name, value)
            yield found


@pytest.fixture(scope="module")
def gcloud(cloud: Cloud) -> Gcloud:
    del cloud
    return found_gcloud()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as they are now, whoever writes to them while the tests run."""
    copied = tmp_path_factory.mktemp("deploy")
    for file in DEPLOY.glob("*.yaml"):
        shutil.copy(file, copied)
    return copied


@pytest.fixture(scope="session")
def declared(folder: Path) -> Declared:
    return read_declared(folder, TOLD)


@pytest.fixture
def spoilt(folder: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(folder, tmp_path / "deploy"))
