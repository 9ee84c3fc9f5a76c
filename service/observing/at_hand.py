"""The request at hand, as far as its log lines name it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
CLOUD_TRACE = re.compile(r"([0-9a-fA-F]{32})(?:/\d{1,20})?(?:;o=\d)?")
NO_TRACE = "0" * 32


@dataclass
class AtHand:
    """One request; the threads that work for it have the same one."""

    trace: str | None = None
    """32 hexadecimal digits, as whoever sent the request has them."""
    request_id: str = field(default_factory=lambda: secrets.token_hex(8))
    run_id: str | None = None
    correlation_id: str | None = None


AT_HAND: ContextVar[AtHand | None] = ContextVar("request_at_hand", default=None)


def trace_of(headers: Mapping[str, str]) -> str | None:
    """From `traceparent`, else from `X-Cloud-Trace-Context`; what is neither is no trace."""
    for name, pattern in (("traceparent", TRACEPARENT), ("x-cloud-trace-context", CLOUD_TRACE)):
        found = pattern.fullmatch(headers.get(name, ""))
        if found and found[1] != NO_TRACE:
            return found[1].lower()
    return None
