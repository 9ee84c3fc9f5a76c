"""The thirty teams, and the two that meet once a year for show."""

from __future__ import annotations

DIVISIONS = (
    ("BOS", "BKN", "NYK", "PHI", "TOR"),
    ("CHI", "CLE", "DET", "IND", "MIL"),
    ("ATL", "CHA", "MIA", "ORL", "WAS"),
    ("DEN", "MIN", "OKC", "POR", "UTA"),
    ("GSW", "LAC", "LAL", "PHX", "SAC"),
    ("DAL", "HOU", "MEM", "NOP", "SAS"),
)
"""Three of the East, three of the West; a team's number is its place in this list."""

TEAMS = tuple(team for division in DIVISIONS for team in division)
ALL_STARS = ("EST", "WST")
WORDS = (*TEAMS, *ALL_STARS)
CONFERENCE_SIZE = 15
EAST_ALL_STARS, WEST_ALL_STARS = len(TEAMS), len(TEAMS) + 1
