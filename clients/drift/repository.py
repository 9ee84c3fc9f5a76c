"""A git checkout: which commits touch some paths."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60.0
COMMIT = re.compile(r"[0-9a-f]{7,40}")


class Unreadable(Exception):
    """What git, or its absence, said."""


@dataclass(frozen=True)
class Repository:
    """A folder of a checkout; asked, never changed."""

    folder: Path

    def resolved(self, name: str) -> str | None:
        """The whole name of a commit that is known here."""
        if not COMMIT.fullmatch(name):
            return None
        said = self._said("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}")
        return said.stdout.strip() if said.returncode == 0 else None

    @property
    def head(self) -> str:
        return self._told("rev-parse", "HEAD").strip()

    def between(self, older: str, newer: str, paths: Sequence[str]) -> list[str]:
        """Commits of `newer` that `older` hasn't got and that touch a path, the newest first."""
        span = f"{older}..{newer}"
        return self._told("log", "--format=%h %s", span, "--", *paths).splitlines()

    def uncommitted(self, paths: Sequence[str]) -> list[str]:
        said = self._told("status", "--porcelain", "--untracked-files=all", "--", *paths)
        return [line[3:] for line in said.splitlines()]

    def _told(self, *words: str) -> str:
        said = self._said(*words)
        if said.returncode:
            raise Unreadable(f"git {words[0]}: {(said.stderr or 'it failed').strip()}")
        return said.stdout

    def _said(self, *words: str) -> subprocess.CompletedProcess[str]:
        git = shutil.which("git")
        if git is None:
            raise Unreadable("git isn't on the path")
        try:
            return subprocess.run(  # noqa: S603  the git on the path, words of our own making
                [git, "-C", str(self.folder), *words],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                env=os.environ | {"GIT_OPTIONAL_LOCKS": "0"},
                stdin=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Unreadable(f"git said nothing in {SECONDS:g} s") from error
        except OSError as error:
            raise Unreadable(f"{git} can't be run: {error.strerror or error}") from error
