"""Every address of the operator page stands in its document, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.routing import APIRoute

from service.app import ROUTERS

ROOT = Path(__file__).resolve().parents[2]


def test_addresses() -> None:
    table = (ROOT / "docs" / "page.md").read_text().split("\n## ", 1)[0]
    shown = set(re.findall(r"`((?:GET|POST) /\S*)`", table))
    served = {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and not route.include_in_schema
        for method in route.methods
    }
    assert shown == served


def test_pictures() -> None:
    """Those of the README are there, with a text for who can't see them, and small."""
    found = re.findall(r"!\[([^\]]+)\]\((docs/\w+\.png)\)", (ROOT / "README.md").read_text())
    assert [path for _, path in found] == ["docs/calendar.png", "docs/trace.png"]
    for text, path in found:
        assert len(text) > 20
        assert (ROOT / path).stat().st_size < 150_000
