"""`tipoff serve`: the service, until it is told to end."""

from __future__ import annotations

import gc
import os
from typing import Annotated

import typer

from clients.options import WarehouseOption
from processors.errors import UsageError

HIGHEST_PORT = 65535
HostOption = Annotated[str, typer.Option("--host", help="Where to listen.")]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--port", min=0, max=HIGHEST_PORT, help="Else PORT, else 8080; 0 takes a free one."
    ),
]


def serve(
    host: HostOption = "127.0.0.1", port: PortOption = None, warehouse: WarehouseOption = None
) -> int:
    """Answer over HTTP; every setting is in docs/settings.md."""
    # Looking for garbage in what is being loaded takes a fifth of the start, and finds none.
    gc.disable()
    # The door's libraries are loaded by this command only.
    from service.serving import serve as listen
    from service.settings import load_settings

    gc.freeze()
    gc.enable()
    settings = load_settings()
    if warehouse:
        settings = settings.model_copy(update={"warehouse": warehouse})
    listen(settings, host=host, port=_port() if port is None else port)
    return 0


def _port() -> int:
    """Cloud Run's way to say it."""
    said = os.environ.get("PORT", "8080")
    if not said.isdigit() or int(said) > HIGHEST_PORT:
        raise UsageError(f"PORT={said!r} is no port")
    return int(said)
