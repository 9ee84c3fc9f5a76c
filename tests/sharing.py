"""What several workers of one session want is made by one of them."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pytest

from warehouse.duckdb.engine import DuckDBWarehouse


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A file or folder: whoever wants it first makes it, and nobody sees it unfinished. It is to be
    read; a DuckDB file only as a copy, for one process alone can open it."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    made = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = factory.mktemp("unfinished") / name
            make(unfinished)
            for file in unfinished.rglob("*") if unfinished.is_dir() else [unfinished]:
                settle(file)
            unfinished.rename(made)
    return made


@contextmanager
def settling(warehouse: DuckDBWarehouse) -> Iterator[DuckDBWarehouse]:
    """Closed with nothing left in the log, where much is written and the file is to be copied: to
    read a log takes as long as to write it."""
    with closing(warehouse):
        yield warehouse
        warehouse._connection.execute("CHECKPOINT")


def settle(file: Path) -> Path:
    """What a DuckDB file's log holds is written into the file itself, which may be copied then."""
    if file.with_name(f"{file.name}.wal").exists():
        with duckdb.connect(str(file)) as connection:
            connection.execute("CHECKPOINT")
    return file


def own_copy(file: Path, factory: pytest.TempPathFactory) -> Path:
    """For this worker."""
    return Path(shutil.copy(file, factory.mktemp(file.stem) / "season.duckdb"))
