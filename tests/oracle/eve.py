"""What is known on the eve of a date's games."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Row = dict[str, object]


@dataclass(frozen=True)
class Eve:
    """A date with games and the state of everyone before them."""

    day: date
    season: int
    player_asof: dict[str, Row]
    player_forms: dict[str, Row]
    """After each player's latest game, of those who have played this season."""
    team_forms: dict[str, Row]
    """After each team's latest game, of those that have played this season."""
    context: list[Row]
    team_context: dict[str, Row]

    def form(self, player: str) -> Row:
        """His form; empty before his season's first game."""
        return self.player_forms.get(player, {})

    def team_form(self, team: str) -> Row:
        """The team's form; empty before its season's first game."""
        return self.team_forms.get(team, {})
