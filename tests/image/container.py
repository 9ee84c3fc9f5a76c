"""A process of an image as a container engine would start it, in namespaces of its own.

The root is read-only, `/tmp` is memory, a folder of ours is at `/tmp/data`; the process is the
first of its namespace, as the image's user, with the image's environment and nothing else.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.image.building import Image

DATA = "/tmp/data"  # noqa: S108
MOUNTS = """
mount --bind {root} {root}
mount -o remount,bind,ro {root}
mount -t proc proc {root}/proc
mount -t tmpfs tmpfs {root}/tmp
mkdir -m 0755 {root}/tmp/data
mount --bind {data} {root}/tmp/data
exec chroot --userspec={user} {root} /usr/bin/env -i -C / {environment} {command}
"""
PATIENCE = 60


@dataclass
class Container:
    """What runs in it."""

    process: subprocess.Popen[str]
    url: str
    begun: float

    @property
    def first(self) -> int:
        """The first process inside, by its number outside."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    def status(self, name: str) -> str:
        """As the kernel has it of the first process."""
        lines = Path(f"/proc/{self.first}/status").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{name}:"))

    def wait_until_ready(self) -> float:
        """Seconds from the start of the process."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "it ended by itself"
            try:
                if httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200:
                    return time.monotonic() - self.begun
            except httpx.TransportError:
                time.sleep(0.01)
        raise AssertionError(f"not ready within {PATIENCE} s")

    def end(self) -> tuple[int, float]:
        """By SIGTERM: its exit code, and after how many seconds."""
        begun = time.monotonic()
        os.kill(self.first, signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        return code, time.monotonic() - begun


@contextmanager
def running(
    image: Image, data: Path, *command: str, log: Path, **settings: str
) -> Iterator[Container]:
    """The image's own command, where none is said."""
    port = _free_port()
    environment = image.environment | {"PORT": str(port)} | settings
    begun = time.monotonic()
    with log.open("a") as out:
        process = subprocess.Popen(
            _in_namespaces(image, data, environment, command or tuple(image.command)),
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield Container(process, f"http://127.0.0.1:{port}", begun)
    finally:
        # What goes with it: --kill-child ends the first process inside, and so all of them.
        process.kill()
        process.wait()


def ran(
    image: Image, data: Path, *command: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """One command inside, to its end."""
    return subprocess.run(
        _in_namespaces(image, data, image.environment | settings, command),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _in_namespaces(
    image: Image, data: Path, environment: dict[str, str], command: tuple[str, ...]
) -> list[str]:
    script = MOUNTS.format(
        root=shlex.quote(str(image.root)),
        data=shlex.quote(str(data)),
        user=image.user,
        environment=shlex.join(f"{name}={value}" for name, value in environment.items()),
        command=shlex.join(command),
    )
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", script]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
