"""Warming: the first look finds what it needs, and nobody waits for it at the end."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.plan import make_plan, make_request
from pipeline.season import see_season
from service.office import Office, opened
from service.settings import Settings
from service.warming import warming


@contextmanager
def office_over(file: Path, folder: Path) -> Iterator[Office]:
    copy = folder / "season.duckdb"
    shutil.copy(file, copy)
    with opened(Settings(warehouse=f"duckdb://{copy}")) as office:
        yield office


def test_nothing_is_read_at_the_first_look(
    computed_season_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office_over(computed_season_file, tmp_path) as office:
        pipeline = office.pipeline
        with warming(office, quiet=0) as thread:
            thread.join()
        read = []
        for name in ("fingerprints", "fingerprints_by_key", "fingerprint"):
            monkeypatch.setattr(pipeline.warehouse, name, lambda *_, **__: read.append(1) or [{}])
        see_season(pipeline, [one.table for one in pipeline.registry])
        assert read == []


def test_told_to_end_it_ends(computed_season_file: Path, tmp_path: Path) -> None:
    """No further table is begun, and the thread is gone before the warehouse is."""
    with office_over(computed_season_file, tmp_path) as office:
        begun = []
        looked = threading.Event()
        fingerprints = office.pipeline.warehouse.fingerprints

        def slow(contract, *args, **named):
            begun.append(contract.table)
            looked.wait(10)
            return fingerprints(contract, *args, **named)

        office.pipeline.warehouse.fingerprints = slow
        with warming(office, quiet=0) as thread:
            office.stopping.set()
            looked.set()
        assert not thread.is_alive()
        first = next(iter(office.pipeline.registry)).contract
        assert set(begun) <= {first.table, *(feed.table for feed in first.inputs)}


def test_nothing_loaded(tmp_path: Path) -> None:
    settings = Settings(warehouse=f"duckdb://{tmp_path / 'empty.duckdb'}")
    with opened(settings) as office, warming(office, quiet=0) as thread:
        thread.join()


def test_work_goes_first(
    computed_season_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read for a look while a run is at work; it is read after that."""
    with office_over(computed_season_file, tmp_path) as office:
        pipeline = office.pipeline
        days = pipeline.assessor.calendar.game_dates[-1:]
        request = make_request(pipeline.registry, days=days, force=True)
        seen: list[int] = []

        def told(*args, **named):
            seen.append(len(pipeline.at_hand))
            return make_plan(*args, **named)

        monkeypatch.setattr("service.warming.make_plan", told)
        work = pipeline.run_in_chunks(request, size=1)
        next(work)
        with warming(office, quiet=0) as thread:
            time.sleep(0.5)
            assert seen == []
            work.close()
            thread.join()
        assert set(seen) == {0}
