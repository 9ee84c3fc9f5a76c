"""A real `tipoff serve` in a process of its own, from its start until it is told to end."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

TIPOFF = Path(sys.executable).with_name("tipoff")
READY_SECONDS = 60
CPU = re.compile(r"^process_cpu_seconds_total (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Served:
    """A service that is ready."""

    client: httpx.Client
    url: str
    start: float
    """Seconds from the start of its process until then."""

    def cpu_seconds(self) -> float:
        """Of its process so far; none where the platform doesn't say."""
        found = CPU.search(self.client.get("/metrics").text)
        return float(found[1]) if found else 0.0


@contextmanager
def served(file: Path) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    process = subprocess.Popen(
        [TIPOFF, "serve", "--port", str(port), "--warehouse", f"duckdb://{file}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=url, timeout=READY_SECONDS, trust_env=False) as client:
            while not _is_ready(client):
                assert process.poll() is None, "the service ended by itself"
                assert time.perf_counter() - started < READY_SECONDS, "not ready"
                time.sleep(0.005)
            yield Served(client, url, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait()


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False
