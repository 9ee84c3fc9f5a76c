"""A worked warehouse for all tests of a process: nobody changes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.googlesql.both import Both
from tests.googlesql.worked import worked


@pytest.fixture(scope="session")
def both() -> Iterator[Both]:
    pipeline = worked()
    yield Both(pipeline)
    pipeline.warehouse.close()
