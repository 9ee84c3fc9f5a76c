"""The injury report as it stood at each game's tip-off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tests.oracle.lines import before_tipoff
from tests.oracle.schedule import Schedule

Row = dict[str, object]

ABSENT = ("out", "doubtful")


class Reports:
    """The latest word on every player, game by game."""

    def __init__(self, schedule: Schedule, rows: Iterable[Row]) -> None:
        self._games: set[object] = set()
        self._latest: dict[tuple[object, object], tuple[datetime, str]] = {}
        for row in rows:
            if before_tipoff(schedule, row, "reported_at"):
                self._games.add(row["game_id"])
                self._take(row)

    def covers(self, game_id: object) -> bool:
        """Whether the game has any report before tip-off."""
        return game_id in self._games

    def status(self, game_id: object, player: object) -> str | None:
        """What the latest report that names him says; None where none does."""
        return self._latest.get((game_id, player), (None, None))[1]

    def reported_at(self, game_id: object, player: object) -> datetime | None:
        """When that report came out."""
        return self._latest.get((game_id, player), (None, None))[0]

    def is_absent(self, game_id: object, player: object) -> bool:
        """Whether the latest report says out or doubtful."""
        return self.status(game_id, player) in ABSENT

    def _take(self, row: Row) -> None:
        key = row["game_id"], row["player_lookup"]
        held = self._latest.get(key)
        at, status = row["reported_at"], row["status"]
        if held is None or at > held[0] or (at == held[0] and status < held[1]):
            self._latest[key] = at, status
