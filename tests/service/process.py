"""A real `tipoff serve` in a process of its own, found by the note beside its file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

from warehouse.duckdb.ownership import read_owner

START_SECONDS = 30


@dataclass
class Served:
    """One process at a time over one file; it can be killed and started again."""

    file: Path
    settings: dict[str, str]
    program: tuple[str, ...] = ("-m", "clients.command")
    process: subprocess.Popen[str] | None = None
    url: str = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.end()

    @property
    def log(self) -> Path:
        return self.file.with_suffix(".log")

    def start(self) -> None:
        environ = {name: value for name, value in os.environ.items() if "TIPOFF_" not in name}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, "serve", "--port", "0"],
                env={**environ, "TIPOFF_WAREHOUSE": f"duckdb://{self.file}", **self.settings},
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"it ended by itself: {self.log.read_text()[-2000:]}")
            owner = read_owner(self.file)
            if owner and owner.pid == self.process.pid and owner.url and _answers(owner.url):
                self.url = owner.url
                return
            time.sleep(0.05)
        raise AssertionError(f"not ready in {START_SECONDS} s: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """As an out-of-memory killer does it."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self, *, within: float = 10) -> int:
        """As a platform does it; how it ended."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
