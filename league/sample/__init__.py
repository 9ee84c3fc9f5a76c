"""A synthetic league: real calendar, invented players, planted traps."""

from league.sample.league import CONTRACTS, League, make_league
from league.sample.loading import LoadReport, Refusal
from league.sample.traps import FAULTS, TRAPS, Planted, Trap
from league.sample.writing import write

__all__ = [
    "CONTRACTS",
    "FAULTS",
    "TRAPS",
    "League",
    "LoadReport",
    "Planted",
    "Refusal",
    "Trap",
    "make_league",
    "write",
]
