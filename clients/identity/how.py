"""How a client shall prove who it is, and to which address it may send the proof."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from processors.errors import UsageError

Bare = Literal["auto", "none", "metadata", "gcloud"]
OfSomething = Literal["file", "impersonate"]
WORDS = "auto, none, metadata, file:PATH, impersonate:ACCOUNT, gcloud"


@dataclass(frozen=True)
class How:
    """One of the words, and for `file` and `impersonate` which one."""

    kind: Bare | OfSomething
    of: str = ""

    @classmethod
    def parse(cls, text: str) -> How:
        kind, colon, of = text.strip().partition(":")
        for bare in get_args(Bare):
            if kind == bare and not colon:
                return cls(bare)
        for one in get_args(OfSomething):
            if kind == one and of:
                return cls(one, of)
        raise UsageError(f"{text!r} is no way to an identity: say one of {WORDS}")


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a service is, as far as it matters to a token."""

    audience: str
    secret: bool
    """Nobody on the way can read what is sent."""
    local: bool

    @classmethod
    def parse(cls, url: str) -> Address:
        try:
            parts = urlsplit(url)
            host, user = parts.hostname, parts.username
            parts.port  # noqa: B018  reading it is what refuses a wrong one
        except ValueError:
            host, user = None, None
        if not host or parts.scheme not in ("http", "https"):
            raise UsageError(f"{url!r} is no address of a service: https://HOST")
        if user is not None:
            raise UsageError(f"the address of {host} holds a user or password: leave them out")
        return cls(
            audience=f"{parts.scheme}://{parts.netloc.lower()}",
            secret=parts.scheme == "https",
            local=_is_local(host),
        )


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
