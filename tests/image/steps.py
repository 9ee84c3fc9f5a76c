"""`cloudbuild.yaml` as Cloud Build reads it: steps in order, with what is substituted in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "cloudbuild.yaml"
GIVEN = {"PROJECT_ID": "some-project", "COMMIT_SHA": "4a" * 20}
"""By Cloud Build, and by the trigger."""
NAME = re.compile(r"\$\$|\$\{(\w+)\}|\$(\w+)")


@dataclass(frozen=True)
class Build:
    """What one file says."""

    said: dict[str, Any]

    @property
    def steps(self) -> dict[str, dict[str, Any]]:
        return {one["id"]: one for one in self.said["steps"]}

    @property
    def substitutions(self) -> dict[str, str]:
        """With those that stand in others."""
        known = GIVEN | self.said["substitutions"]
        return {name: substituted(value, known) for name, value in known.items()}

    def step(self, name: str) -> dict[str, Any]:
        """As it is run."""
        return filled_in(self.steps[name], self.substitutions)

    def names(self) -> set[str]:
        """All that is substituted anywhere; a script's own dollars are written twice."""
        found: set[str] = set()
        for text in texts(self.said):
            found |= {one[1] or one[2] for one in NAME.finditer(text)} - {None}
        return found


def read_build() -> Build:
    return Build(yaml.safe_load(FILE.read_text()))


def texts(value: Any) -> list[str]:
    """In any depth."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def filled_in(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: filled_in(one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [filled_in(one, known) for one in value]
    return substituted(value, known) if isinstance(value, str) else value


def substituted(text: str, known: dict[str, str]) -> str:
    def one(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else known[found[1] or found[2]]

    return NAME.sub(one, text)
