"""What the store's features look like: read once, and kept until something is written."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from threading import Lock
from typing import Any, TypeVar, cast

from pipeline.audit.last_word import LastWord, last_word
from pipeline.calendar import Calendar, Season
from pipeline.distributions import (
    Distribution,
    Spread,
    processed,
    read_distributions,
    seasons_held,
)
from pipeline.histogram import read_histogram
from pipeline.readiness import STORE, Readiness, read_readiness
from pipeline.run import Pipeline
from processors.errors import UsageError
from processors.features import FEATURES, Feature
from processors.features_page import sets_of
from service.models.distributions import (
    BinOf,
    CanariesOf,
    DistributionInDepth,
    DistributionOf,
    Distributions,
    FindingOf,
    JumpOf,
    ReadinessOf,
    SeasonSpread,
    SpreadOf,
)

Made = TypeVar("Made")


class Distributing:
    """A season takes half a second to read; a page asks for the same again and again."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._reading = Lock()
        self._kept: tuple[int, dict[Hashable, Any]] = (-1, {})

    def is_at_hand(self, label: str | None) -> bool:
        """Whether a season can be told at once."""
        season = self.which(label)
        return season is None or (Distribution, season.year) in self._known()

    def seasons(self) -> list[Season]:
        """Those with rows, the oldest first."""
        return self._once(Season, lambda: seasons_held(self._pipeline.warehouse, self._calendar()))

    def which(self, label: str | None) -> Season | None:
        """The one of this label, else the newest; none where the store is empty."""
        held = {one.label: one for one in self.seasons()}
        if label is None:
            return next(reversed(held.values()), None)
        if label not in held:
            known = ", ".join(held) or "none"
            raise UsageError(f"the store holds no row of season {label!r}: there are {known}")
        return held[label]

    def of_season(self, label: str | None) -> Distributions:
        """Every feature; nothing where the store is empty."""
        season = self.which(label)
        seasons = [one.label for one in self.seasons()]
        if season is None:
            return Distributions(
                seasons=seasons,
                season=None,
                first_date=None,
                last_date=None,
                rows=0,
                canaries=None,
                readiness=[],
                features=[],
            )
        first, last = self._range(season)
        warehouse = self._pipeline.warehouse
        # Who asks for the same meanwhile waits for it, and doesn't read it once more.
        with self._reading:
            ready = self._once(Readiness, lambda: read_readiness(warehouse, self._calendar()))
            found = self._once(
                (Distribution, season.year), lambda: read_distributions(warehouse, first, last)
            )
        word = self._last_word(season)
        return Distributions(
            seasons=seasons,
            season=season.label,
            first_date=first,
            last_date=last,
            rows=max((one.season.rows for one in found), default=0),
            canaries=_canaries(word, found) if word else None,
            readiness=[_ready(one) for one in ready if one.season == season.label],
            features=[_distribution(one, word) for one in found],
        )

    def of_feature(self, name: str, label: str | None) -> DistributionInDepth:
        """One feature in depth; the seasons beside it are read by a short statement each."""
        feature, season = _feature(name), self.which(label)
        if season is None:
            raise UsageError(f"the store holds no row, so nothing of {name!r} either")
        warehouse, word = self._pipeline.warehouse, self._last_word(season)
        by_season = {
            one.label: read_distributions(warehouse, *self._range(one), [feature])
            for one in self.seasons()
        }
        (found,) = by_season[season.label]
        bins = read_histogram(warehouse, feature, *self._range(season))
        return DistributionInDepth(
            season=season.label,
            feature=_distribution(found, word),
            canaries=_canaries(word, [found]) if word else None,
            bins=[BinOf(low=one.low, high=one.high, rows=one.rows) for one in bins],
            seasons=[
                SeasonSpread(season=other, spread=_spread(one.season))
                for other, told in by_season.items()
                for one in told
            ],
        )

    def _range(self, season: Season) -> tuple[date, date]:
        return processed(self._calendar(), season)

    def _last_word(self, season: Season) -> LastWord | None:
        # Audits are no writes of the warehouse: they are asked for each time.
        return last_word(self._pipeline.warehouse, STORE, season.start, season.last)

    def _calendar(self) -> Calendar:
        with self._pipeline.looking() as known:
            return known.calendar

    def _once(self, key: Hashable, read: Callable[[], Made]) -> Made:
        known = self._known()
        if key not in known:
            known[key] = read()
        return cast(Made, known[key])

    def _known(self) -> dict[Hashable, Any]:
        """What was read since the last write. The number is taken before rows are read: what is
        written meanwhile is found by the next who asks."""
        writes, known = self._pipeline.warehouse.writes, self._kept
        if known[0] != writes:
            known = self._kept = (writes, {})
        return known[1]


def _feature(name: str) -> Feature:
    found = next((one for one in FEATURES if one.name == name), None)
    if found is None:
        raise UsageError(f"no feature is called {name!r}: tipoff features names them all")
    return found


def _spread(one: Spread) -> SpreadOf:
    return SpreadOf(
        month=one.month,
        rows=one.rows,
        nulls=one.nulls,
        null_share=one.null_share,
        distinct=one.distinct,
        most_frequent=one.favourite,
        most_frequent_share=one.one_value_share,
        lowest=one.lowest,
        lower_quartile=one.lower,
        median=one.median,
        upper_quartile=one.upper,
        highest=one.highest,
    )


def _distribution(one: Distribution, word: LastWord | None) -> DistributionOf:
    feature = one.feature
    return DistributionOf(
        index=feature.index,
        name=feature.name,
        unit=feature.unit,
        formula=feature.formula,
        source=feature.source,
        minimum=feature.minimum,
        maximum=feature.maximum,
        whole=feature.whole,
        required=feature.required,
        about_the_line=feature.about_the_line,
        sets=list(sets_of(feature)),
        season=_spread(one.season),
        months=[_spread(month) for month in one.months],
        constant=one.constant,
        stuck=list(one.stuck),
        jumps=[
            JumpOf(month=jump.month, before=jump.before, after=jump.after) for jump in one.jumps
        ],
        findings=[
            FindingOf(what=found.what, found=found.found, threshold=found.threshold)
            for found in (word.findings if word else ())
            if found.column == feature.name
        ],
    )


def _canaries(word: LastWord, found: list[Distribution]) -> CanariesOf:
    return CanariesOf(
        verdict=word.word,
        reason=word.reason,
        recorded_at=word.recorded_at,
        rows=word.rows,
        outdated=any(not word.is_of(one) for one in found),
    )


def _ready(one: Readiness) -> ReadinessOf:
    return ReadinessOf(
        feature_set=one.feature_set,
        phase=one.phase,
        rows=one.rows,
        ready=one.ready,
        share=one.share,
        wants_explaining=one.wants_explaining,
        missing={lack.feature: lack.rows for lack in one.missing},
    )
