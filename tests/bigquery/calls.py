"""One request, read; and what a route makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.bigquery.errors import ApiError, invalid

if TYPE_CHECKING:
    from tests.bigquery.state import State


@dataclass(frozen=True)
class Call:
    """`path` are the parts of the route's pattern; `query` what stands after the ?."""

    state: State
    method: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    """Where the server is reached, for a Location."""

    @cached_property
    def json(self) -> dict[str, Any]:
        if not self.body:
            return {}
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise ApiError("parseError", f"Parse Error: {error}") from error
        if not isinstance(found, dict):
            raise ApiError("parseError", "Parse Error: the body is no object")
        return found

    def number(self, name: str, otherwise: int | None = None) -> int | None:
        text = self.query.get(name)
        if text is None:
            return otherwise
        if not text.isdigit():
            raise invalid(f"Invalid value for {name}: {text!r} is not a whole number")
        return int(text)

    def start(self) -> int:
        """Where a page of rows begins; of the two ways to say it only one is allowed."""
        if "pageToken" in self.query and "startIndex" in self.query:
            raise invalid("Cannot specify both pageToken and startIndex")
        return self.number("pageToken") or self.number("startIndex") or 0

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() == "true"


@dataclass(frozen=True)
class Reply:
    content: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Any]
"""Gives what is sent as JSON, or a Reply."""


def page(items: list[Any], call: Call, size: int = 50) -> tuple[list[Any], dict[str, str]]:
    """A page of a listing, and the nextPageToken where there is more."""
    start = int(call.query.get("pageToken") or 0)
    end = start + (call.number("maxResults", size) or size)
    return items[start:end], ({"nextPageToken": str(end)} if end < len(items) else {})
