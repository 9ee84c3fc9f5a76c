"""A token as one of the ways hands it over, or why that way has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from processors.errors import NotAuthenticated
from service.auth.headers import LONGEST_TOKEN
from service.auth.reading import THREE_PARTS, read_token

LONGEST_QUOTE = 300
# No word of a message runs so long without a dot or slash; the parts of a token or key do.
SECRET = re.compile(r"\S*[\w+=-]{32,}\S*")


@dataclass(frozen=True, kw_only=True)
class Token:
    """Proof of who one is; whoever reads it can be that one for an hour."""

    text: str = field(repr=False)
    ends: int | None
    """Its `exp`, where it can be read."""


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """Why a way has no token: it isn't there at all, it says no, or it can't be asked now."""

    kind: Literal["absent", "refused", "unavailable"]
    why: str


Way = Callable[[str], Token | Lacking]
"""From an audience to a token."""


def token_of(text: str) -> Token | Lacking:
    """What was answered, if it looks like a token: anything else isn't sent, nor shown."""
    if len(text) > LONGEST_TOKEN or not THREE_PARTS.fullmatch(text):
        return Lacking(kind="refused", why="what it answered isn't an identity token")
    try:
        ends = read_token(text).claims.get("exp")
    except NotAuthenticated:
        ends = None
    return Token(text=text, ends=ends if type(ends) is int else None)


def quoted(text: str) -> str:
    """What someone else said of a failure, on one line and without what could be a secret."""
    return SECRET.sub("***", " ".join(text.split()))[:LONGEST_QUOTE].rstrip(".")
