"""The gcloud of this machine, and bq beside it: asked for JSON, or told to change something."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from processors.errors import GcloudFailed, UsageError

SECONDS = 900.0
"""A revision that doesn't get ready is given up by gcloud long before."""
NOT_THERE = "Not found: Dataset"
"""Lists are empty where nothing is; only bq shows one thing, and has no other word for it. Nothing
looser: "may not exist" is also what somebody hears who may not look."""


@dataclass(frozen=True)
class Gcloud:
    """Whoever is logged in there."""

    folder: str

    def ask(self, words: Sequence[str]) -> Any:  # noqa: ANN401  whatever JSON can be
        """What it says as JSON; None where the thing isn't there."""
        said = self._said(words)
        if said.returncode == 0:
            return json.loads(said.stdout or "null")
        if NOT_THERE in _error(said):
            return None
        raise GcloudFailed(_told(words, said))

    def tell(self, words: Sequence[str]) -> None:
        """Changes something, or says why it couldn't."""
        said = self._said(words)
        if said.returncode:
            raise GcloudFailed(
                f"{_told(words, said)}; what was done before it stands, and the same command again"
                " does the rest"
            )

    def _said(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        program, *others = words
        path = f"{self.folder}/{program}"
        try:
            return subprocess.run(  # noqa: S603  the gcloud on the path, words of our own making
                [path, *others],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                env=os.environ | {"CLOUDSDK_CORE_DISABLE_PROMPTS": "1"},
                stdin=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise GcloudFailed(f"{program} said nothing in {SECONDS:g} s") from error
        except OSError as error:
            raise GcloudFailed(f"{path} can't be run: {error.strerror or error}") from error


def found_gcloud() -> Gcloud:
    program = shutil.which("gcloud")
    if program is None:
        raise UsageError("gcloud isn't on the path: install the Google Cloud CLI, and log in")
    return Gcloud(os.path.dirname(program))  # noqa: PTH120  bq is beside it, links unfollowed


def _told(words: Sequence[str], said: subprocess.CompletedProcess[str]) -> str:
    return f"`{shlex.join(words)}` ended with {said.returncode}: {_error(said)}"


def _error(said: subprocess.CompletedProcess[str]) -> str:
    """The line that says what was wrong: gcloud's on one stream, bq's on the other."""
    lines = [*said.stderr.splitlines(), *said.stdout.splitlines()]
    told = [line for line in lines if line.startswith("ERROR:") or " error in " in line]
    return (told or lines or ["it said nothing"])[0].removeprefix("ERROR:").strip()
