"""The server: a context manager in a thread of the tests, or a process of its own.

python -m tests.bigquery.server --port 9050
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.bigquery.app import create_app
from tests.bigquery.counting import Counted
from tests.bigquery.errors import ApiError
from tests.bigquery.faults import Faults
from tests.bigquery.jobs import Job
from tests.bigquery.state import State

PROJECT = "tipoff-test"


class _Protocol(H11Protocol):
    """Sends at once, and lets a request break its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does so only for sockets that name their protocol; each answer would wait 40 ms
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "transport": transport}


class BigQueryServer:
    """`endpoint` is for client_options={"api_endpoint": …}; state is lost when it ends."""

    def __init__(self, *, project: str = PROJECT, port: int = 0, path: str = ":memory:") -> None:
        self.project = project
        self._port = port
        self._state = State(project, path)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def faults(self) -> Faults:
        return self._state.faults

    @property
    def wait(self) -> float:
        """Seconds that a question for results waits where the client doesn't say."""
        return self._state.wait

    @wait.setter
    def wait(self, seconds: float) -> None:
        self._state.wait = seconds

    @property
    def requests(self) -> list[Counted]:
        """Everything that came over the wire, in the order of being answered."""
        return self._state.requests

    @property
    def jobs(self) -> dict[str, Job]:
        """By id, in the order of coming; dry runs leave none."""
        return self._state.office.jobs

    def advance(self, seconds: float) -> None:
        """Put the server's clock forward: what expires, expires."""
        self._state.clock.advance(seconds)

    def plant_job(
        self, job_id: str, configuration: dict[str, object], error: ApiError | None = None
    ) -> Job:
        """A job that an earlier process has sent: done, or failed."""
        job = Job(self.project, job_id, dict(configuration), self._state.clock.now(), error=error)
        self._state.office.plant(job)
        return job

    def __enter__(self) -> Self:
        self._bind()
        self._thread = threading.Thread(target=self.run, name="bigquery", daemon=True)
        self._thread.start()
        return self

    def _bind(self) -> None:
        # Whoever connects before the loop runs waits in the backlog.
        self._socket = socket.create_server(("127.0.0.1", self._port))
        self._port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            create_app(self._state),
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve until it is told to end."""
        if self._socket is None or self._server is None:
            self._bind()
            print(self.endpoint, flush=True)
        assert self._server is not None
        assert self._socket is not None
        self._server.run(sockets=[self._socket])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.faults.release_all()
        if self._server and self._thread and self._socket:
            self._server.should_exit = True
            self._thread.join()
            self._socket.close()
        self._state.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="A BigQuery for tests; prints where it listens.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--project", default=PROJECT)
    parser.add_argument("--path", default=":memory:", help="a DuckDB file for the rows")
    given = parser.parse_args()
    BigQueryServer(project=given.project, port=given.port, path=given.path).run()


if __name__ == "__main__":
    main()
