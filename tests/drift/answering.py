"""A service with a registry of its own, listening in a thread of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from pipeline.run import Pipeline
from processors.registry import Registry, load
from service.app import create_app
from service.auth.opening import guard_of
from service.office import Office
from service.settings import Settings
from tests.pipeline.small import Small
from tests.worlds import load_rows
from warehouse.duckdb.engine import DuckDBWarehouse

PATIENCE = 10


@dataclass(frozen=True)
class There:
    """What listens."""

    url: str
    office: Office


@contextmanager
def answering(file: Path, registry: Registry | None = None, **settings: object) -> Iterator[There]:
    """The code of `registry` over a file, until it is deployed anew."""
    chosen = Settings(warehouse=f"duckdb://{file}", **settings)  # type: ignore[arg-type]
    warehouse = DuckDBWarehouse(file)
    pipeline = Pipeline(warehouse, registry or load())
    office = Office(chosen, pipeline, guard_of(chosen))
    app = create_app(office)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield There(f"http://127.0.0.1:{listening.getsockname()[1]}", office)
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
            office.close()
            warehouse.close()


def stored(small: Small, file: Path) -> None:
    """Its raw tables in a file, and nothing computed."""
    warehouse = DuckDBWarehouse(file)
    warehouse.migrate(list(load().contracts.values()))
    load_rows(warehouse, small.filled)
    warehouse.close()
