"""A service that is only starting is waited for."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from clients.commands.backfill import answering_url
from tests.service.process import Served


def test_a_service_that_is_starting(computed_season_file: Path, tmp_path: Path) -> None:
    """It is waited for; where none comes, the wait ends."""
    file = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, file)
    address = f"duckdb://{file}"
    nobody = answering_url("http://127.0.0.1:9", address, wait=0.3)
    assert nobody == "http://127.0.0.1:9"
    served = Served(file, {})
    starting = threading.Timer(0.5, served.start)
    starting.start()
    try:
        where = answering_url(None, address, wait=30)
        starting.join()
        assert where == served.url
    finally:
        served.end()
