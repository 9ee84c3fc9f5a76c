"""Readiness: of each feature set and season, how many of the store's rows a model may read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.calendar import BOOTSTRAP_DAYS, EVER, Calendar, Season
from processors.features import FEATURES, SETS, required_of
from warehouse.interface import Row, Warehouse

STORE = "nba_predictions.ml_feature_store_v2"
SETTLED_DAY = 30
ENOUGH = 0.5
"""Below this share a set of a settled season is explained."""

REQUIRED = required_of(tuple(one.name for one in FEATURES))
READINESS = (
    "SELECT game_date, COUNT(*) AS stored_rows,\n  "
    + ",\n  ".join(
        f"COUNTIF(CONCAT(',', ready_feature_sets, ',') LIKE '%,{name},%') AS ready_{name}"
        for name in SETS
    )
    + ",\n  "
    + ",\n  ".join(
        f"COUNTIF({name} IS NULL) AS missing_{name},\n"
        f"  COUNTIF({name} IS NULL AND early_season_flag) AS early_{name}"
        for name in REQUIRED
    )
    + f"\nFROM `{STORE}`\nWHERE game_date >= @first_date AND game_date <= @last_date"
    + "\nGROUP BY game_date\nORDER BY game_date"
)


class Phase(StrEnum):
    """The two parts of a season's processed days."""

    EARLY = "day 14-29"
    SETTLED = "from day 30"


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A required feature that rows lack."""

    feature: str
    rows: int
    share: float
    early_rows: int
    """Those of them whose player has fewer than ten games of the season behind him."""


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """One feature set in one phase of one season; what is missing, worst first."""

    feature_set: str
    season: str
    phase: Phase
    rows: int
    ready: int
    missing: Sequence[Missing]

    @property
    def share(self) -> float:
        return self.ready / self.rows

    @property
    def wants_explaining(self) -> bool:
        return self.phase is Phase.SETTLED and self.share < ENOUGH


def read_readiness(warehouse: Warehouse, calendar: Calendar) -> list[Readiness]:
    """All that the store holds; placeholders of the bootstrap days are no rows to be ready."""
    sums: dict[tuple[str, Phase], list[int]] = {}
    for day, *counts in warehouse.rows(READINESS, **EVER):
        season = calendar.season_of(day)
        phase = _phase(season, day) if season else None
        if season is None or phase is None:
            continue
        before = sums.get((season.label, phase), [0] * len(counts))
        sums[season.label, phase] = [one + other for one, other in zip(before, counts, strict=True)]
    return [
        one for (label, phase), counts in sums.items() for one in _of(label, phase, tuple(counts))
    ]


def _phase(season: Season, day: date) -> Phase | None:
    number = season.day_of(day)
    if number < BOOTSTRAP_DAYS:
        return None
    return Phase.EARLY if number < SETTLED_DAY else Phase.SETTLED


def _of(label: str, phase: Phase, counts: Row) -> Iterator[Readiness]:
    rows, ready, pairs = counts[0], counts[1 : 1 + len(SETS)], counts[1 + len(SETS) :]
    missing = [
        Missing(feature=name, rows=lacking, share=lacking / rows, early_rows=early)
        for name, lacking, early in zip(REQUIRED, pairs[::2], pairs[1::2], strict=True)
        if lacking
    ]
    for (name, members), there in zip(SETS.items(), ready, strict=True):
        yield Readiness(
            feature_set=name,
            season=label,
            phase=phase,
            rows=rows,
            ready=there,
            missing=_worst_first(missing, required_of(members)),
        )


def _worst_first(missing: Sequence[Missing], features: Sequence[str]) -> tuple[Missing, ...]:
    return tuple(
        sorted((one for one in missing if one.feature in features), key=lambda one: -one.rows)
    )
