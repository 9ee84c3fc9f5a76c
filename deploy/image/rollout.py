"""One rollout by gcloud, in the steps of cloudbuild.yaml; what they leave in a folder ties them.

stage    a revision under a tag, without traffic; where it answers is written down
shift    traffic to it, if the smoke test at its tag has passed; else it fails
settle   an end: if the smoke test of what now serves hasn't passed, traffic goes back, and it fails
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

IMAGE, TAGGED_URL, SERVICE_URL, REVISION, BEFORE = (
    "image",
    "tagged-url",
    "service-url",
    "revision",
    "before.json",
)
STAGED_PASSED, SERVING_PASSED = "staged-passed", "serving-passed"
"""Made by the smoke tests where all is well: what isn't there hasn't passed."""


class Refused(Exception):
    """The rollout can't go on; says why."""


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """Of one commit, to one service."""

    folder: Path
    service: str
    place: tuple[str, ...]
    tag: str

    def stage(self) -> None:
        before = self._described()
        image = self._noted(IMAGE)
        said = (f"--image={image}", "--no-traffic", f"--tag={self.tag}")
        self._gcloud("services", "update", self.service, *said)
        described = self._described()
        revision, url = tagged(described, self.tag)
        if revision in serving(before):
            raise Refused(f"{revision} serves already: nothing new was deployed")
        self._note(REVISION, revision)
        self._note(TAGGED_URL, url)
        self._note(SERVICE_URL, audience(described))

    def shift(self) -> None:
        revision = self._noted(REVISION)
        if not self._has_passed(STAGED_PASSED):
            self._traffic(f"--remove-tags={self.tag}")
            raise Refused(f"{revision} didn't pass the smoke test; traffic stays where it was")
        before = serving(self._described())
        self._note(BEFORE, json.dumps(before))
        try:
            self._traffic(f"--to-revisions={revision}=100")
        except Refused:
            self._send_back(before)
            raise

    def settle(self) -> None:
        if self._has_passed(SERVING_PASSED):
            self._traffic(f"--remove-tags={self.tag}")
            return
        self._send_back(json.loads(self._noted(BEFORE)))
        raise Refused(f"{self._noted(REVISION)} served and failed; traffic went back")

    def _send_back(self, before: Mapping[str, int]) -> None:
        self._traffic(to_revisions(before), f"--remove-tags={self.tag}")

    def _traffic(self, *said: str) -> None:
        self._gcloud("services", "update-traffic", self.service, *said)

    def _described(self) -> dict[str, Any]:
        described: dict[str, Any] = json.loads(
            self._gcloud("services", "describe", self.service, "--format=json")
        )
        return described

    def _gcloud(self, *said: str) -> str:
        """What it answers; what it says meanwhile is seen as it comes."""
        command = ["gcloud", "run", *said, *self.place, "--quiet"]
        sys.stdout.write(f"$ {shlex.join(command)}\n")
        sys.stdout.flush()
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise Refused(f"gcloud ended with {done.returncode}: {' '.join(said[:3])}")
        return done.stdout

    def _has_passed(self, what: str) -> bool:
        return (self.folder / what).is_file()

    def _noted(self, what: str) -> str:
        file = self.folder / what
        if not file.is_file():
            raise Refused(f"{file} isn't there: the step that writes it didn't run")
        return file.read_text().strip()

    def _note(self, what: str, text: str) -> None:
        (self.folder / what).write_text(f"{text}\n")


def serving(described: Mapping[str, Any]) -> dict[str, int]:
    """Who has how much of the traffic; a tag alone has none."""
    shares: dict[str, int] = {}
    for target in described["status"].get("traffic", []):
        if target.get("percent"):
            name = target["revisionName"]
            shares[name] = shares.get(name, 0) + target["percent"]
    if sum(shares.values()) != 100:
        raise Refused(f"who serves isn't clear: {shares or 'nobody'}; deploy/apply puts it right")
    return shares


def tagged(described: Mapping[str, Any], tag: str) -> tuple[str, str]:
    """The revision under a tag, and where it answers."""
    for target in described["status"].get("traffic", []):
        if target.get("tag") == tag:
            return target["revisionName"], target["url"]
    raise Refused(f"no revision has the tag {tag}")


def audience(described: Mapping[str, Any]) -> str:
    """What the service itself wants tokens to name; else its address."""
    (container,) = described["spec"]["template"]["spec"]["containers"]
    for variable in container.get("env", []):
        if variable["name"] == "TIPOFF_AUDIENCE" and variable.get("value"):
            return str(variable["value"])
    return str(described["status"]["url"])


def to_revisions(shares: Mapping[str, int]) -> str:
    return "--to-revisions=" + ",".join(f"{name}={share}" for name, share in shares.items())


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("stage", "shift", "settle"))
    for name in ("folder", "project", "region", "service", "commit"):
        parser.add_argument(f"--{name}", required=True)
    asked = parser.parse_args(arguments)
    rollout = Rollout(
        folder=Path(asked.folder),
        service=asked.service,
        place=(f"--project={asked.project}", f"--region={asked.region}"),
        tag=f"c-{asked.commit[:7]}",
    )
    try:
        getattr(rollout, asked.step)()
    except Refused as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
