"""Serving: from settings to a listening door, and from SIGTERM to a clean end in ten seconds."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from types import FrameType

import uvicorn

from processors.errors import UsageError
from service.app import create_app
from service.observing.logs import set_up_logs, tell
from service.observing.traces import make_tracer, traced
from service.office import Office, opened
from service.settings import Settings
from service.warming import warming

GRACE_SECONDS = 5.0
"""How long the chunk at hand may go on after a SIGTERM before it is abandoned."""
LAST_SECONDS = 3
"""How long answers may then take to leave. Cloud Run gives ten seconds in all."""
ENDING = (signal.SIGINT, signal.SIGTERM)


class Door(uvicorn.Server):
    """Told to end, it lets no new chunk begin; what is at hand is finished, or given up in time."""

    def __init__(self, config: uvicorn.Config, office: Office) -> None:
        super().__init__(config)
        self._office = office
        self.why: str | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Not raised again at the end as uvicorn does: the warehouse is still to be closed."""
        before = {sig: signal.signal(sig, self.handle_exit) for sig in ENDING}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self._office.stopping.is_set():
            self._office.stopping.set()
            # Said at the end: a line that is being written must not be interrupted by another.
            self.why = signal.Signals(sig).name
            giving_up = Timer(GRACE_SECONDS, self._office.interrupt)
            giving_up.daemon = True
            giving_up.start()
        super().handle_exit(sig, frame)


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Listen until told to end. Port 0 takes a free one; the file's owner note says which."""
    set_up_logs(settings)
    tracer = make_tracer(settings)
    with _listening(host, port) as listening:
        url = f"http://{_reachable(host)}:{listening.getsockname()[1]}"
        with opened(settings, url=url) as office:
            app = create_app(office)
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=round(GRACE_SECONDS) + LAST_SECONDS,
            )
            tell(
                logging.INFO,
                "started",
                url=url,
                settings=settings.shown(),
                died=office.pipeline.died or None,
            )
            if settings.auth == "none" and not _is_loopback(host):
                tell(logging.WARNING, f"whoever reaches {host} may do everything: TIPOFF_AUTH=none")
            door = Door(config, office)
            with traced(app, office.pipeline, tracer), warming(office):
                door.run(sockets=[listening])
        tell(logging.INFO, "stopped", why=door.why)


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host == "::1"


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP by name: only then does asyncio send small pieces at once, and keep-alive costs no 40 ms.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        raise UsageError(
            f"nothing can listen at {host}:{port}: {error.strerror or error}; choose another --port"
        ) from error
    return found


def _reachable(host: str) -> str:
    """Where a process of the same machine finds what listens there."""
    if host in ("0.0.0.0", ""):  # noqa: S104
        return "127.0.0.1"
    return f"[{'::1' if host == '::' else host}]" if ":" in host else host
