"""Modules that aren't installed, and are asked for again and again."""

from __future__ import annotations

import importlib.util
import sys


def look_no_more_for(name: str) -> None:
    """DuckDB asks for pandas twice at each value of a parameter, and each time all paths would be
    searched."""
    if name not in sys.modules and importlib.util.find_spec(name) is None:
        sys.modules[name] = None  # type: ignore[assignment]
