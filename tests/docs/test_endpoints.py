"""Every endpoint stands in the page of endpoints, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.routing import APIRoute

from service.app import ROUTERS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "http.md").read_text()


def test_endpoints() -> None:
    table = PAGE.split("\n## ", 1)[0]
    shown = set(re.findall(r"`((?:GET|POST) /\S*)`", table))
    served = {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        # The pages for people are not the API.
        if isinstance(route, APIRoute) and route.include_in_schema
        for method in route.methods
    }
    assert shown == served
