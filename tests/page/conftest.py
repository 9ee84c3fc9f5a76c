"""A real service over a world with everything to see, and a real browser to look at it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.page import world as worlds
from tests.page.browser import Visitor, chromium, visiting
from tests.page.world import World
from tests.service.process import Served
from tests.sharing import made_once, own_copy

Visiting = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Not for longer: while it runs, the thread has an event loop."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def world(raw_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    def make(folder: Path) -> None:
        folder.mkdir()
        made = worlds.build(raw_season_file, folder / "world.duckdb")
        (folder / "player").write_text(made.player)

    folder = made_once(tmp_path_factory, "world", make)
    file = own_copy(folder / "world.duckdb", tmp_path_factory)
    return World(file, (folder / "player").read_text())


@pytest.fixture(scope="module")
def served(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Over a copy that a file of tests has for itself."""
    file = tmp_path_factory.mktemp("served") / "world.duckdb"
    shutil.copy(world.file, file)
    with Served(file, {"TIPOFF_NOW": worlds.morning_of(worlds.TODAY)}) as process:
        yield process


@pytest.fixture
def visit(browser: Browser, served: Served) -> Visiting:
    """A visitor of this service, with a context's options."""

    def begin(**options: Any) -> AbstractContextManager[Visitor]:
        return visiting(browser, served.url, **options)

    return begin


@pytest.fixture
def visitor(visit: Visiting) -> Iterator[Visitor]:
    """At a desk, in light."""
    with visit() as found:
        yield found
