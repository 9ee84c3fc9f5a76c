"""A token read into its parts, strictly, before anything in it is believed.

google-auth takes base64 with spare bits or padding, claims said twice and an exp of Infinity, and
brackets nested deep end it with a RecursionError. Here one token has one spelling.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import NoReturn

from service.auth.refusing import unauthenticated

SIGNATURE_REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
THREE_PARTS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")

Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Token:
    """What a token says of itself and of its bearer; none of it verified, none of it printed."""

    header: Json = field(repr=False)
    claims: Json = field(repr=False)
    signed: bytes = field(repr=False)
    signature: str = field(repr=False)

    def signature_bytes(self) -> bytes | None:
        return _bytes_of(self.signature)


def read_token(text: str) -> Token:
    """The parts of a token; raises NotAuthenticated where it is none."""
    parts = THREE_PARTS.fullmatch(text)
    if parts is None:
        raise unauthenticated(
            "not_a_token", "the token isn't an identity token: three parts of base64url with dots"
        )
    header, claims = _object_of(parts[1]), _object_of(parts[2])
    if header is None or claims is None:
        what = "header" if header is None else "claims"
        raise unauthenticated("unreadable", f"the token's {what} can't be read as one JSON object")
    signed = f"{parts[1]}.{parts[2]}".encode()
    return Token(header=header, claims=claims, signed=signed, signature=parts[3])


def _bytes_of(segment: str) -> bytes | None:
    """None where the segment isn't the one spelling of its bytes."""
    try:
        found = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except binascii.Error:
        return None
    spelled = base64.urlsafe_b64encode(found).rstrip(b"=").decode()
    return found if spelled == segment else None


def _object_of(segment: str) -> Json | None:
    content = _bytes_of(segment)
    if content is None:
        return None
    try:
        found = json.loads(content, object_pairs_hook=_said_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _said_once(pairs: list[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name said twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")
