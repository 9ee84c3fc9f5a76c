"""A real `tipoff serve` and real commands, in processes of their own, on the tests' BigQuery."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx

from tests.bigquery.server import BigQueryServer
from warehouse.bigquery.connection import EMULATOR

PATIENCE = 60.0


def environment(server: BigQueryServer, address: str, **settings: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if "TIPOFF_" not in name}
    named = {f"TIPOFF_{name.upper()}": value for name, value in settings.items()}
    return {**clean, EMULATOR: server.endpoint, "TIPOFF_WAREHOUSE": address, **named}


@dataclass
class Instance:
    """One process; several may stand on the same tables, as instances of a service do."""

    environ: Mapping[str, str]
    log: Path
    url: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def start(self) -> None:
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clients.command", "serve", "--port", str(port)],
                env=dict(self.environ),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, **body: object) -> httpx.Response:
        return httpx.post(f"{self.url}/process-date", json=body, timeout=PATIENCE)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


def tipoff(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clients.command", *arguments],
        env=dict(environ),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
