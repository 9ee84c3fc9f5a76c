"""The documents say all that there is, and nothing that there isn't."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.outcome import Status
from pipeline.state import State
from service.settings import PREFIX, READ_ELSEWHERE, Settings

ROOT = Path(__file__).resolve().parents[2]
OUTCOMES = (ROOT / "docs" / "outcomes.md").read_text()


def section(title: str) -> str:
    return OUTCOMES.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def words(text: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE))


def test_statuses() -> None:
    assert words(section("Outcomes")) == {status.value for status in Status}


def test_states() -> None:
    assert words(section("States of a plan")) == {state.value for state in State}


def test_settings() -> None:
    """Every setting is in the table, with what it means, and no other."""
    table = (ROOT / "docs" / "settings.md").read_text()
    fields = {PREFIX + name.upper() for name in Settings.model_fields}
    assert words(table) == fields | set(READ_ELSEWHERE)
    assert re.findall(r"^\| `\w+` \|[^|]*\|\s*\|$", table, re.MULTILINE) == []


def test_read_elsewhere() -> None:
    """What is read past the settings is known to them, and what they name so is read."""
    read = set()
    for folder in (
        "processors",
        "warehouse",
        "pipeline",
        "league",
        "modeling",
        "clients",
        "service",
    ):
        for file in (ROOT / folder).rglob("*.py"):
            read |= set(re.findall(r"environ[^\n]*\"(TIPOFF_\w+)\"", file.read_text()))
    assert read == set(READ_ELSEWHERE)


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_paths(page: str) -> None:
    """Files that a page names are there."""
    text = (ROOT / page).read_text()
    linked = set(re.findall(r"\]\(([\w./-]+)\)", text))
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text))
    assert [name for name in sorted(linked | named) if not (ROOT / name).exists()] == []


def test_commands() -> None:
    """Commands that the README shows exist, with those options."""
    reference = (ROOT / "docs" / "commands.md").read_text()
    for line in re.findall(r"^tipoff (.+)$", (ROOT / "README.md").read_text(), re.MULTILINE):
        words = line.split()
        named = [" ".join(words[:count]) for count in (2, 1)]
        command = next((one for one in named if f"## tipoff {one}\n" in reference), words[0])
        text = reference.split(f"## tipoff {command}\n", 1)
        assert len(text) == 2, command
        for option in re.findall(r"--[a-z-]+", line.split("#")[0]):
            assert option in text[1].split("\n## ", 1)[0], option


def test_targets() -> None:
    """At most ten targets, the README's two among them."""
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(targets) <= 10
    assert {"demo", "test"} <= set(targets)
