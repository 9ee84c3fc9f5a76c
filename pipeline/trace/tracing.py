"""The whole trace of a player's date: what is stored, what it comes from, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.run import Pipeline
from pipeline.trace.absence import Absence, absence
from pipeline.trace.checking import Check, Value, Verdict, check
from pipeline.trace.facts import Facts
from pipeline.trace.history import history
from pipeline.trace.reading import StoredRow, read
from pipeline.trace.trails import TRAILS, Trail, Whose
from processors.features import FEATURES, Feature
from processors.registry import Registry


@dataclass(frozen=True)
class SaidBy:
    """What a column that hands the feature down says of itself."""

    table: str
    column: str
    description: str


@dataclass(frozen=True)
class ComesFrom:
    """A window, with the dates of its games."""

    whose: Whose
    says: str
    days: Sequence[date]


@dataclass(frozen=True, kw_only=True)
class FeatureTrace:
    """One feature of the row."""

    feature: Feature
    trail: Trail
    said_by: Sequence[SaidBy]
    comes_from: Sequence[ComesFrom]
    value: Value
    check: Check


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One player, one date."""

    facts: Facts
    stored: StoredRow | None
    absence: Absence | None
    """Where there is no row."""
    features: Sequence[FeatureTrace]
    """In the catalogue's order."""

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        return Counter(one.check.verdict for one in self.features)


def trace(pipeline: Pipeline, day: date, player: str) -> Trace:
    found = read(pipeline, day, player)
    facts, stored = found.facts, found.stored
    with pipeline.looking() as known:
        expectation = known.calendar.expect(day, bootstrap=True)
    values = stored.values if stored else None
    # A placeholder holds a place: there is nothing in it to be checked.
    checks = check(facts, None if stored and stored.is_placeholder else values)
    honest = history(facts)
    features = []
    for one in FEATURES:
        trail = TRAILS[one.name]
        features.append(
            FeatureTrace(
                feature=one,
                trail=trail,
                said_by=said_by(pipeline.registry, trail),
                comes_from=[
                    ComesFrom(window.whose, window.says, [game.day for game in window.of(honest)])
                    for window in trail.windows
                ],
                value=values[one.name] if values else None,
                check=checks.get(one.name, _unchecked(stored)),
            )
        )
    return Trace(
        facts=facts,
        stored=stored,
        absence=None if stored else absence(facts.setting, expectation),
        features=features,
    )


def _unchecked(stored: StoredRow | None) -> Check:
    is_there = stored and not stored.is_placeholder
    verdict = Verdict.UNCHECKED if is_there else Verdict.NOT_STORED
    return Check(verdict=verdict, honest=None, leaked=None)


def said_by(registry: Registry, trail: Trail) -> list[SaidBy]:
    return [
        SaidBy(table, column, registry.contracts[table].column(column).description)
        for table, column in trail.said_by
    ]
