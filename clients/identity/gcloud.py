"""gcloud's token: whoever is logged in there."""

from __future__ import annotations

import os
import shutil
import subprocess

from clients.identity.token import Lacking, Token, quoted, token_of

PRINT = ("auth", "print-identity-token")
SECONDS = 60.0


def from_gcloud(audience: str) -> Token | Lacking:
    """For a person gcloud refuses an audience; the token then has gcloud's own."""
    program = shutil.which("gcloud")
    if program is None:
        return Lacking(kind="absent", why="it isn't installed")
    try:
        said = _ask(program, f"--audiences={audience}")
        if said.returncode and "for `--audiences`" in said.stderr:
            said = _ask(program)
    except subprocess.TimeoutExpired:
        return Lacking(kind="unavailable", why=f"it said nothing in {SECONDS:g} s")
    except (OSError, UnicodeDecodeError) as error:
        return Lacking(kind="refused", why=f"it can't be run ({type(error).__name__})")
    return token_of(said.stdout.strip()) if said.returncode == 0 else _refusal(said)


def _ask(program: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  the one gcloud on the path, and an address as it was checked
        [program, *PRINT, *more],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"CLOUDSDK_CORE_DISABLE_PROMPTS": "1"},
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
        start_new_session=True,  # a Ctrl-C means us, and requests in flight still need their token
        check=False,
    )


def _refusal(said: subprocess.CompletedProcess[str]) -> Lacking:
    """Of what gcloud said, its ERROR line."""
    lines = [line for line in said.stderr.splitlines() if line.startswith("ERROR:")]
    line = quoted(lines[0].removeprefix("ERROR:")) if lines else f"it ended with {said.returncode}"
    return Lacking(kind="refused", why=line)
