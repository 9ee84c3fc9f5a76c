"""Envelopes made by hand, as Pub/Sub makes them."""

from __future__ import annotations

import base64
import json
from datetime import date
from itertools import count

SUBSCRIPTION = "projects/p/subscriptions/landed"
BOXES, ODDS = "nba_raw.player_boxscores", "nba_raw.odds_player_points"
_numbers = count(1)


def landed(table: str = BOXES, day: date | str = "2025-11-18", **said: object) -> dict[str, object]:
    """The inner message."""
    return {"source_table": table, "analysis_date": str(day), "success": True, **said}


def envelope(
    inner: object,
    *,
    message_id: str | None = None,
    spelling: str = "messageId",
    attributes: dict[str, str] | None = None,
    **said: object,
) -> dict[str, object]:
    """A message of its own, unless its id is given."""
    text = inner if isinstance(inner, bytes) else json.dumps(inner).encode()
    message = {
        "data": base64.b64encode(text).decode(),
        spelling: message_id or f"m{next(_numbers)}",
        "publishTime" if spelling == "messageId" else "publish_time": "2025-11-19T04:10:00.1Z",
        "attributes": attributes or {},
    }
    return {"message": message, "subscription": SUBSCRIPTION, **said}
