"""A project in which all is as declared, and a small repository whose code it runs."""

from __future__ import annotations

import copy
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.deploying.declared import Declared
from clients.deploying.gcloud import Gcloud
from tests.deploy.conftest import TOLD, cloud, declared, folder, gcloud
from tests.deploy.copies import put_subscription, subscription
from tests.deploy.server import Cloud
from tests.drift.filled import fill
from tests.drift.recorded import Recorded

__all__ = ["TOLD", "cloud", "declared", "folder", "gcloud"]


class Checkout:
    """A git repository of its own, with one commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("code/a.sql", "SELECT 1")
        self.write("docs/a.md", "words")
        self.commit("first")

    def git(self, *words: str) -> str:
        who = {
            f"GIT_{role}_{what}": "x@example.com"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        who |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | who,
        )
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.head

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(_made(tmp_path / "checkout"))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def deployed(cloud: Cloud, declared: Declared) -> Iterator[Cloud]:
    """As after `deploy/apply`; nothing but this server may be asked."""
    fill(cloud, declared)
    yield cloud
    assert not [call for call in cloud.calls if call.method == "CONNECT"], "asked of the world"


@pytest.fixture
def undone(deployed: Cloud, recorded: Recorded) -> Iterator[None]:
    """What a test changes is as it was after it, and what gcloud said of it."""
    before = copy.deepcopy((deployed.run, deployed.keeping, deployed.policies))
    known = dict(recorded.kept)
    landed = subscription(deployed, "tipoff-landed")
    yield
    deployed.run, deployed.keeping, deployed.policies = before
    deployed.forbidden = set()
    put_subscription(deployed, "tipoff-landed", landed)
    recorded.kept = known


@pytest.fixture(scope="module")
def recorded(deployed: Cloud, gcloud: Gcloud) -> Recorded:
    del deployed
    return Recorded(gcloud)
