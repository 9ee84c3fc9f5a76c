"""Every kind of page in the world, by name; what holds for pages is asked of each."""

from __future__ import annotations

from tests.page import world as at

PAGES = {
    "calendar": "/",
    "bootstrap day": f"/dates/{at.BOOTSTRAP}",
    "full day": f"/dates/{at.TRACED}",
    "failed day": f"/dates/{at.FAILED}",
    "blocked day": f"/dates/{at.BLOCKED}",
    "player": f"/dates/{at.TRACED}/players/{{player}}",
    "features": "/features?wait=yes",
    "work": "/work",
}
"""`player` stands for his key."""
