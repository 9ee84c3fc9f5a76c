"""IAM policies, wherever they hang: read with an etag, only written with the one that was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.deploy.answers import Refused

Json = dict[str, Any]
EMPTY: Json = {"version": 1, "etag": "ACAB"}


@dataclass
class Policies:
    """By the path of what they hang on."""

    held: dict[str, Json] = field(default_factory=dict)
    _count: int = 0

    def get(self, path: str) -> Json:
        return self.held.get(path, EMPTY)

    def set(self, path: str, policy: Json) -> Json:
        if policy.get("etag", self.get(path)["etag"]) != self.get(path)["etag"]:
            raise Refused(409, "ABORTED", "There were concurrent policy changes.")
        bindings = policy.get("bindings", [])
        if any("condition" in one for one in bindings) and policy.get("version") != 3:
            raise Refused(400, "INVALID_ARGUMENT", "conditions need a policy of version 3")
        self._count += 1
        self.held[path] = {
            "version": policy.get("version", 1),
            "etag": f"BwX{self._count:05d}",
            "bindings": [one for one in bindings if one.get("members")],
        }
        return self.held[path]

    def grant(self, path: str, role: str, member: str) -> None:
        """As somebody else would."""
        before = self.get(path)
        bindings = [*before.get("bindings", []), {"role": role, "members": [member]}]
        self.set(path, {**before, "bindings": bindings})
