"""One file, one process: who holds a DuckDB file, waiting for it, and saying so."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from processors.errors import WarehouseBusy, WarehouseFailed

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The process that holds the file; a service also says where it can be reached."""

    pid: int
    host: str
    command: str
    since: float
    url: str | None = None

    @property
    def is_here(self) -> bool:
        return self.host == socket.gethostname()

    @property
    def alive(self) -> bool:
        if not self.is_here:
            return True  # it cannot be asked from here
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def __str__(self) -> str:
        where = f" at {self.url}" if self.url else ""
        age = max(0, round(time.time() - self.since))
        return f"process {self.pid} on {self.host}{where} (`{self.command}`, for {age} s)"


def owner_file(path: Path) -> Path:
    return path.with_name(path.name + ".owner")


def read_owner(path: Path) -> Owner | None:
    """The owner that the file names, if it names one that can be alive."""
    try:
        owner = Owner(**json.loads(owner_file(path).read_text()))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None
    return owner if owner.alive else None


def connect(path: Path, *, wait: float, url: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open the file and own it; if another process does, wait up to so many seconds. For a service
    only the next service waits: it ends when somebody ends it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait
    pause = FIRST_PAUSE
    while True:
        try:
            connection = duckdb.connect(str(path))
        except duckdb.IOException as error:
            if "could not set lock" not in str(error).lower():
                raise WarehouseFailed(f"{path} cannot be opened: {error}") from error
            holder = read_owner(path)
            if holder and holder.url and url is None:
                raise WarehouseBusy(
                    f"{path} is held by {holder}, a service, which keeps it as long as it runs."
                    " Stop it first.",
                    path=str(path),
                    url=holder.url if holder.is_here else None,
                ) from error
            if time.monotonic() >= deadline:
                raise WarehouseBusy(
                    f"{path} is held by {holder or 'another process'}; waited {wait:g} s."
                    " Stop it, or give --wait more seconds.",
                    path=str(path),
                ) from error
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            _sign(path, url)
            return connection


def _sign(path: Path, url: str | None) -> None:
    owner = Owner(
        pid=os.getpid(),
        host=socket.gethostname(),
        command=" ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
        since=time.time(),
        url=url,
    )
    owner_file(path).write_text(json.dumps(asdict(owner)))


def release(path: Path) -> None:
    """Take the name off the door; the lock itself goes with the connection."""
    owner = read_owner(path)
    if owner and owner.pid == os.getpid():
        owner_file(path).unlink(missing_ok=True)
