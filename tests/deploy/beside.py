"""What of a subscription the Pub/Sub emulator doesn't keep: it can't change when one expires, and
holds messages for a week at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
RETENTION = "messageRetentionDuration"
NOT_EMULATED = ("expirationPolicy", RETENTION)


@dataclass
class Beside:
    """By subscription, the fields that the emulator must not see."""

    held: dict[str, Json] = field(default_factory=dict)

    def taken(self, method: str, path: str, body: Json) -> bool:
        """Out of what is asked for; whether nothing is left of it for the emulator."""
        if method == "PUT" and "topic" in body:
            self.take(path, body, [RETENTION])
        if "subscription" not in body:
            return False
        mask = body["updateMask"].split(",")
        self.take(path, body["subscription"], [one for one in mask if one in NOT_EMULATED])
        body["updateMask"] = ",".join(one for one in mask if one not in NOT_EMULATED)
        return not body["updateMask"]

    def take(self, path: str, body: Json, fields: Iterable[str]) -> None:
        for one in fields:
            if one in body:
                self.held.setdefault(_last(path), {})[one] = body.pop(one)

    def of(self, path: str) -> Json:
        return self.held.get(_last(path), {})

    def forget(self, path: str) -> None:
        self.held.pop(_last(path), None)


def _last(path: str) -> str:
    return path.rpartition("/")[2]
