"""Scripts and style sheets, all from here: each under an address that changes with its content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file, packed once."""

    content: bytes
    packed: bytes
    type: str
    version: str


@cache
def assets() -> dict[str, Asset]:
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            content = path.read_bytes()
            version = hashlib.sha256(content).hexdigest()[:10]
            packed = gzip.compress(content, mtime=0)
            found[path.name] = Asset(content, packed, TYPES[path.suffix], version)
    return found


def address(name: str) -> str:
    """Where a page finds it: a browser asks once for each content."""
    return f"/static/{name}?v={assets()[name].version}"


@router.get("/static/{name}")
def static(name: str, request: Request) -> Response:
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404, f"there is no file {name!r} here: {', '.join(assets())}")
    headers = {
        "Cache-Control": FOREVER,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            asset.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=asset.type
        )
    return Response(asset.content, headers=headers, media_type=asset.type)
