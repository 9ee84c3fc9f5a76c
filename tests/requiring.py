"""What a machine may lack: its tests skip there, and fail where TESTS_REQUIRE names it."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

REQUIRE = "TESTS_REQUIRE"
"""Names between commas: `emulator`, `chromium`."""


def missing(name: str, what: str, reason: str) -> NoReturn:
    """The tests of `name` can't be run here."""
    if name in {one.strip() for one in os.environ.get(REQUIRE, "").split(",")}:
        pytest.fail(f"{REQUIRE} wants {what}: {reason}")
    pytest.skip(f"no {what}: {reason}")
