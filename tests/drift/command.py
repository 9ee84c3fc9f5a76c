"""The command as it is run, over a checkout and a gcloud of the tests' own, and what it said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clients.command import execute
from clients.drift import asking
from processors import registry as registries
from processors.registry import Registry
from tests.deploy.conftest import TOLD
from tests.drift.conftest import Checkout
from tests.drift.recorded import Recorded

SERVICES = """
[[service]]
name = "{{service}}"
region = "{{region}}"
checkout = "{checkout}"
sources = ["code"]
"""
Finding = dict[str, Any]


@dataclass
class Said:
    """What the command said, and how it ended."""

    code: int
    verdict: str
    findings: list[Finding]
    commands: list[str]
    by_hand: list[str]

    def of(self, part: str) -> list[Finding]:
        return [one for one in self.findings if one["part"] == part]

    @property
    def unclean(self) -> list[Finding]:
        return [one for one in self.findings if one["word"] != "clean"]


Drift = Callable[..., Said]


@pytest.fixture
def drift(
    recorded: Recorded,
    checkout: Checkout,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Drift:
    file = tmp_path / "services.toml"
    file.write_text(SERVICES.format(checkout=checkout.folder))
    monkeypatch.setattr(asking, "found_gcloud", lambda: recorded)

    def look(url: str, *more: str, code: Registry | None = None) -> Said:
        words = ["--project", TOLD["project"], "--project-number", TOLD["project_number"]]
        words += ["--folder", str(folder), "--services", str(file), "--ask", url, "--json", *more]
        with monkeypatch.context() as patch:
            if code is not None:
                patch.setattr(registries, "load", lambda: code)
            ended = execute(["drift", *words])
        said = json.loads(capsys.readouterr().out)
        commands = [one["command"] for one in said["plan"]["commands"]]
        by_hand = said["plan"]["by_hand"]
        return Said(ended, said["verdict"], said["findings"], commands, by_hand)

    return look
