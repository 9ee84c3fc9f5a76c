"""A real service in a process of its own, and what a command says in this one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from clients.command import execute
from warehouse.duckdb.ownership import read_owner

TIPOFF = Path(sys.executable).with_name("tipoff")
PATIENCE = 60


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str


def say(path: Path, *arguments: str) -> Said:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = execute([*arguments, "--warehouse", f"duckdb://{path}"])
    return Said(code, out.getvalue(), err.getvalue())


@contextmanager
def serving(path: Path, **settings: object) -> Iterator[subprocess.Popen[bytes]]:
    """`tipoff serve` over a file, from when it holds the file: it may not listen yet."""
    environment = os.environ | {f"TIPOFF_{name.upper()}": str(v) for name, v in settings.items()}
    command = [TIPOFF, "serve", "--port", "0", "--warehouse", f"duckdb://{path}"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            deadline = time.monotonic() + PATIENCE
            while not ((owner := read_owner(path)) and owner.pid == process.pid):
                assert process.poll() is None, "the service ended"
                assert time.monotonic() < deadline, "the service doesn't start"
                time.sleep(0.02)
            yield process
        finally:
            process.kill()
