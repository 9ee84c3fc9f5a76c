"""Shortages: why few rows of a season are ready, traced from features to the raw tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.holdings import Holding
from pipeline.readiness import STORE, Missing, Phase, Readiness
from processors.features import FEATURES, SETS, required_of

if TYPE_CHECKING:
    from processors.lineage import Lineage, Node

FORMULAS = {one.name: one.formula for one in FEATURES}


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Columns of one raw table that are known for the same part of a season's games."""

    table: str
    columns: Sequence[str]
    """Empty where the whole table lacks the games."""
    holding: Holding

    def __str__(self) -> str:
        held = self.holding
        what = f"{self.table} {', '.join(self.columns)}".strip()
        if not held.found:
            return f"{what}: none of {held.needed:,} games"
        return f"{what}: {held.found:,} of {held.needed:,} games, {held.first} to {held.last}"


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One required feature that is missing, and what of it the evidence explains."""

    missing: Missing
    feature_sets: Sequence[str]
    """The unready sets that require it."""
    gaps: Sequence[Gap]

    @property
    def cause(self) -> str:
        """A gap explains nothing where only players with few games lack the feature."""
        few_games = "of players with fewer than 10 games this season"
        if self.missing.rows == self.missing.early_rows:
            return f"all rows are {few_games}"
        formula = FORMULAS[self.missing.feature].rstrip(".")
        why = [str(gap) for gap in self.gaps] or [f"no raw column has a gap; formula: {formula}"]
        if self.missing.early_rows:
            why.append(f"{self.missing.early_rows:,} of the rows are {few_games}")
        return "; ".join(why)


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """One season's unready sets with their shares, and what they lack, worst first."""

    season: str
    phase: Phase
    shares: Mapping[str, float]
    lacks: Sequence[Lack]


def explain(
    found: Sequence[Readiness], holdings: Sequence[Holding], lineage: Lineage
) -> list[Shortage]:
    """Each season that has a set below the share at which it wants explaining."""
    unready: dict[tuple[str, Phase], list[Readiness]] = defaultdict(list)
    for one in found:
        if one.wants_explaining:
            unready[one.season, one.phase].append(one)
    if not unready:
        return []
    columns = _Columns(found, holdings, lineage)
    return [
        Shortage(
            season=season,
            phase=phase,
            shares={one.feature_set: one.share for one in few},
            lacks=tuple(
                Lack(
                    missing=missing,
                    feature_sets=[one.feature_set for one in few if missing in one.missing],
                    gaps=columns.gaps(season, missing.feature),
                )
                for missing in _worst_first(few)
            ),
        )
        for (season, phase), few in unready.items()
    ]


def _worst_first(few: Iterable[Readiness]) -> list[Missing]:
    every = {missing.feature: missing for one in few for missing in one.missing}
    return sorted(every.values(), key=lambda one: -one.rows)


class _Columns:
    """Features beside the raw columns that they are made of."""

    def __init__(
        self, found: Sequence[Readiness], holdings: Sequence[Holding], lineage: Lineage
    ) -> None:
        self._lineage = lineage
        self._tables = {(one.season, one.table): one for one in holdings if one.column is None}
        self._columns = {
            (one.season, (one.table, one.column)): one for one in holdings if one.column
        }
        self._present: dict[str, set[str]] = defaultdict(set)
        """The seasons in which any row has the feature."""
        for one in found:
            lacking = {missing.feature for missing in one.missing if missing.rows == one.rows}
            for name in set(required_of(SETS[one.feature_set])) - lacking:
                self._present[name].add(one.season)

    def gaps(self, season: str, feature: str) -> list[Gap]:
        """A whole table's lack stands for those of its columns; the widest gap first."""
        wanting = [
            self._columns[season, node]
            for node in sorted(self._lineage.raw_columns(STORE, feature))
            if (season, node) in self._columns and not self._is_spared(feature, node)
        ]
        wanting = [one for one in wanting if one.found < one.needed]
        gaps = []
        for _, same in groupby(sorted(wanting, key=_extent), key=_extent):
            columns = list(same)
            table = self._tables[season, columns[0].table]
            whole = table.found == columns[0].found
            gaps.append(
                Gap(
                    table=table.table,
                    columns=() if whole else [str(one.column) for one in columns],
                    holding=columns[0],
                )
            )
        return gaps

    def _is_spared(self, feature: str, node: Node) -> bool:
        """Whether the feature has been seen in a season that knows nothing of the column: then
        there is a way without it, and its absence explains nothing."""
        return any(self._columns[season, node].found == 0 for season in self._present[feature])


def _extent(held: Holding) -> tuple[int, str, str]:
    return held.found, held.table, f"{held.first} {held.last}"
