"""Features over months and seasons: how they spread, how empty they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from pipeline.audit.canaries import What
from pipeline.readiness import Phase
from processors.features import FEATURES, SETS
from processors.features_page import range_of
from service.models.distributions import (
    DistributionOf,
    Distributions,
    FindingOf,
    ReadinessOf,
    SpreadOf,
    WhichSeason,
)
from service.office import TheOffice
from service.page import sparklines
from service.page.rendering import PageRoute, page

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Order = Literal["index", "nulls", "canaries"]
ORDERS: dict[Order, str] = {"index": "index", "nulls": "NULL share", "canaries": "findings"}
SetName = Literal["v9", "v10", "v11", "v12", "v12_noveg", "v12_blind"]
"""The keys of SETS: a test holds them together."""


class WhichFeatures(WhichSeason):
    """Which of them, in which order, or one in depth."""

    feature: str | None = Field(default=None, max_length=100)
    set: SetName | None = None
    sort: Order = "index"
    wait: Literal["yes"] | None = Field(
        default=None, description="Answer only when all is read, however long that takes."
    )


@dataclass(frozen=True)
class Line:
    """One feature in the table."""

    told: DistributionOf
    nulls: str
    jumps: str
    """Of the bars, those of months whose NULL share has jumped."""
    halves: str
    medians: str
    digits: int
    marks: Sequence[str]


@router.get("/features")
def features(
    request: Request, asked: Annotated[WhichFeatures, Query()], office: TheOffice
) -> Response:
    if asked.feature is not None:
        return _one(request, asked, asked.feature, office)
    known = office.distributing
    season = known.which(asked.season)
    found = None
    if asked.wait or known.is_at_hand(asked.season):
        found = known.of_season(asked.season)
    shown = _picked(found, asked) if found else []
    return page(
        request,
        "features.html",
        seasons=[one.label for one in known.seasons()],
        season=season.label if season else None,
        found=found,
        lines=[_line(one) for one in shown],
        odd=sum(bool(one.findings) or bool(marks_of(one)) for one in shown),
        asked=asked,
        sets=SETS,
        orders=ORDERS,
        ready=_ready(found) if found else [],
        phases=list(Phase),
        link=lambda **other: _link(asked, **other),
        **WRITTEN,
    )


def _one(request: Request, asked: WhichFeatures, name: str, office: TheOffice) -> Response:
    found = office.distributing.of_feature(name, asked.season)
    told = found.feature
    spreads = [told.season, *told.months]
    return page(
        request,
        "features_one.html",
        found=found,
        told=told,
        range=range_of(FEATURES[told.index]),
        digits=digits_of(told),
        marks=marks_of(told),
        months=_boxed(spreads, _ends(spreads)),
        seasons=_boxed(
            [one.spread for one in found.seasons], _ends([one.spread for one in found.seasons])
        ),
        highest=max((one.rows for one in found.bins), default=0),
        asked=asked,
        link=lambda **other: _link(asked, **other),
        **WRITTEN,
    )


def _boxed(
    spreads: Sequence[SpreadOf], ends: tuple[float, float]
) -> list[tuple[SpreadOf, sparklines.Box | None]]:
    return [(one, sparklines.box(one, *ends)) for one in spreads]


def _ends(spreads: Sequence[SpreadOf]) -> tuple[float, float]:
    lows = [one.lowest for one in spreads if one.lowest is not None]
    highs = [one.highest for one in spreads if one.highest is not None]
    return min(lows, default=0), max(highs, default=0)


def _ready(found: Distributions) -> list[tuple[str, dict[Phase, ReadinessOf]]]:
    """A line a set, with what is told of each phase."""
    lines: dict[str, dict[Phase, ReadinessOf]] = {}
    for one in found.readiness:
        lines.setdefault(one.feature_set, {})[one.phase] = one
    return list(lines.items())


def _picked(found: Distributions, asked: WhichFeatures) -> list[DistributionOf]:
    picked = [one for one in found.features if asked.set is None or asked.set in one.sets]
    match asked.sort:
        case "nulls":
            return sorted(picked, key=lambda one: -one.season.null_share)
        case "canaries":
            return sorted(picked, key=lambda one: (not one.findings, not any(marks_of(one))))
        case _:
            return picked


def _line(told: DistributionOf) -> Line:
    shares = [one.null_share for one in told.months]
    jumped = {one.month for one in told.jumps}
    halves, medians = sparklines.halves(told.months)
    return Line(
        told=told,
        nulls=sparklines.bars(shares),
        jumps=sparklines.bars(shares, [one.month in jumped for one in told.months]),
        halves=halves,
        medians=medians,
        digits=digits_of(told),
        marks=marks_of(told),
    )


def marks_of(told: DistributionOf) -> list[str]:
    """What strikes, where no canary says the same."""
    return list(_marks(told))


def _marks(told: DistributionOf) -> Iterator[str]:
    found = {one.what for one in told.findings}
    if told.season.nulls == told.season.rows and What.NULLS not in found:
        yield "no row has a value"
    if told.constant and What.ONE_VALUE not in found:
        only = value(told.season.lowest, digits_of(told))
        yield f"constant: every row with a value holds {only}"
    if told.stuck:
        yield f"one value in all of {', '.join(month(one) for one in told.stuck)}"
    if told.jumps:
        ways = (f"{one.before:.0%} to {one.after:.0%} in {month(one.month)}" for one in told.jumps)
        yield f"NULL share jumps: {', '.join(ways)}"


def share(part: float, whole: float = 1) -> str:
    """Never rounded up to all or down to nothing."""
    found = 100 * part / whole if whole else 0
    if 0 < found < 0.05:
        return "<0.1 %"
    return ">99.9 %" if 99.95 <= found < 100 else f"{found:.1f} %"


def digits_of(told: DistributionOf) -> int:
    """The same for all values of a feature, so that they stand under each other."""
    if told.whole:
        return 0
    size = max(abs(told.season.lowest or 0), abs(told.season.highest or 0))
    return 2 if size >= 10 else 3


def value(held: float | None, digits: int) -> str:
    return "NULL" if held is None else f"{held:,.{digits}f}"


def month(first: date | None) -> str:
    return f"{first:%Y-%m}" if first else "season"


def in_words(said: FindingOf) -> str:
    return f"{said.what}: {said.found}; {said.threshold}"


WRITTEN: dict[str, Any] = {
    "share": share,
    "value": value,
    "month": month,
    "in_words": in_words,
    "height": sparklines.HEIGHT,
    "step": sparklines.STEP,
    "width": sparklines.WIDTH,
}


def _link(asked: WhichFeatures, **other: str | None) -> str:
    """The same page with something else asked."""
    said = asked.model_dump(exclude={"wait"}, exclude_defaults=True) | other
    kept = {name: one for name, one in said.items() if one is not None and one != "index"}
    return f"/features?{urlencode(kept)}" if kept else "/features"
