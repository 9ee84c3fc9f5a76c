"""The shots table, counted by player and zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.oracle.schedule import Schedule

Row = dict[str, object]

ZONES = ("paint", "mid_range", "three_pt")

ZONE_OF = {
    "paint": "paint",
    "mid_range": "mid_range",
    "corner_three": "three_pt",
    "above_break_three": "three_pt",
}
"""The backcourt is no zone."""

ATTEMPTS_AND_MAKES = tuple(f"{zone}_{part}" for zone in ZONES for part in ("attempts", "makes"))


class ShotCounts:
    """Attempts, makes and assisted makes of every player in every game."""

    def __init__(self, schedule: Schedule, shots: Iterable[Row]) -> None:
        self._games: set[object] = set()
        self._counts: Counter[tuple[object, object, str]] = Counter()
        for shot in shots:
            if schedule.game_of(shot):
                self._games.add(shot["game_id"])
                self._count(shot)

    def of(self, game_id: object, player: object) -> Row:
        """The shot columns of one player's game."""
        has_shots = game_id in self._games
        columns: Row = {"has_shots": has_shots}
        for name in ATTEMPTS_AND_MAKES:
            columns[name] = self._counts[game_id, player, name] if has_shots else None
        assists_known = has_shots and not self._counts[game_id, player, "unknown"]
        columns["assisted_fg_makes"] = (
            self._counts[game_id, player, "assisted"] if assists_known else None
        )
        return columns

    def _count(self, shot: Row) -> None:
        zone = ZONE_OF.get(shot["zone"])
        if zone is None:
            return
        entry = shot["game_id"], shot["player_lookup"]
        self._counts[*entry, f"{zone}_attempts"] += 1
        if shot["made"]:
            self._counts[*entry, f"{zone}_makes"] += 1
            if shot["assisted"] is None:
                self._counts[*entry, "unknown"] += 1
            elif shot["assisted"]:
                self._counts[*entry, "assisted"] += 1
