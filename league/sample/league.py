"""A league: the raw tables of some seasons, how they were loaded, and what is planted in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from league.sample import faults as breaking
from league.sample import planting, planting_lines
from league.sample.cells import Cells, join_rows
from league.sample.dates import season_years
from league.sample.loading import LoadReport, load
from league.sample.season import Season, draw_season
from league.sample.sources import PLAYERS, Sources, players_source, season_sources
from league.sample.spotting import spot
from league.sample.traps import Planted
from processors.contract import Contract
from processors.raw import (
    injury_report,
    odds_game_lines,
    odds_player_points,
    player_boxscores,
    players,
    schedule,
    shots,
)

MODULES: tuple[ModuleType, ...] = (
    schedule,
    player_boxscores,
    shots,
    odds_game_lines,
    odds_player_points,
    injury_report,
    players,
)
CONTRACTS: dict[str, Contract] = {module.CONTRACT.table: module.CONTRACT for module in MODULES}


@dataclass(frozen=True, kw_only=True)
class League:
    """The sample; `cells` are the tables held small, `tables` the same as plain arrays."""

    seasons: tuple[int, ...]
    seed: int
    cells: Sources
    report: LoadReport
    planted: tuple[Planted, ...]
    """Every trap's and fault's cases, with the values of their keys."""

    @cached_property
    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """By table and column, in the contract's order; NULL is None, NaN or NaT."""
        return {
            table: {name: column.plain() for name, column in columns.items()}
            for table, columns in self.cells.items()
        }

    def cases(self, trap: str) -> list[Planted]:
        """The planted cases of one trap or fault."""
        return [case for case in self.planted if case.trap == trap]


def make_league(
    *, seasons: int = 1, seed: int = 7, last_season: int = 2025, faults: bool = False
) -> League:
    """Draw the last `seasons` seasons up to `last_season`; equal arguments give equal leagues."""
    years = season_years(seasons=seasons, last_season=last_season)
    if seed < 0:
        raise ValueError(f"seed={seed}: it is 0 or more")
    drawn: list[tuple[Sources, LoadReport]] = []
    planted: list[Planted] = []
    members: list[int] = []
    for year in years:
        season = draw_season(seed, year)
        sources, cases = _planted(season, faults=faults)
        own = np.unique(season.world.squads.members)
        sources[PLAYERS] = players_source(season.world.squads.people, own)
        drawn.append(load(sources, CONTRACTS))
        planted += cases
        members += own.tolist()
    everyone = players_source(season.world.squads.people, np.unique(members))
    cells = {
        table: join_rows([tables[table] for tables, _ in drawn])
        for table in CONTRACTS
        if table != PLAYERS
    }
    cells[PLAYERS] = everyone
    return League(
        seasons=tuple(years),
        seed=seed,
        cells=cells,
        report=_summed(report for _, report in drawn),
        planted=(*planted, *_ageless(everyone)),
    )


def _planted(season: Season, *, faults: bool) -> tuple[Sources, list[Planted]]:
    """The season's sources with everything planted, and where."""
    sources = season_sources(season)
    cases = spot(season, sources)
    for step in (*planting.STEPS, *planting_lines.STEPS, *(breaking.STEPS if faults else ())):
        sources, more = step(season, sources)
        cases += more
    return sources, cases


def _ageless(everyone: dict[str, Cells]) -> list[Planted]:
    unknown = np.flatnonzero(np.isnat(everyone["birth_date"].values))
    keys = everyone["player_lookup"].take(unknown).plain().tolist()
    return [
        Planted(trap="unknown_birth_date", table=PLAYERS, key={"player_lookup": key})
        for key in keys
    ]


def _summed(reports: Iterable[LoadReport]) -> LoadReport:
    """One report of all seasons."""

    def add(one: LoadReport, other: LoadReport) -> LoadReport:
        return LoadReport(
            resolved_aliases=one.resolved_aliases + other.resolved_aliases,
            unresolved=Counter(one.unresolved) + Counter(other.unresolved),
            mirrored_spreads=one.mirrored_spreads + other.mirrored_spreads,
            collapsed_duplicates=Counter(one.collapsed_duplicates)
            + Counter(other.collapsed_duplicates),
            refused_contradictions=one.refused_contradictions + other.refused_contradictions,
        )

    return reduce(add, reports)
