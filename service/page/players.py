"""One player on one date: every feature and the games that it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from pipeline.trace.checking import Verdict
from pipeline.trace.exact import clock, said
from pipeline.trace.history import Door
from pipeline.trace.trails import Whose
from processors.errors import UsageError
from processors.features import FEATURES, SETS
from service.models.requests import Day
from service.models.trace import FeatureOf, Traced
from service.office import TheOffice
from service.page.rendering import PageRoute, page
from service.page.words import Mark
from service.routes.trace import Player, answer

router = APIRouter(include_in_schema=False, route_class=PageRoute)

FIRST = "points_avg_last_10"
"""What is picked where nothing is."""

VERDICTS: dict[Verdict, Mark] = {
    Verdict.EQUAL: Mark("good", "✓", "equals the games before the date"),
    Verdict.LEAKED: Mark("failed", "!", "contains the game of the date"),
    Verdict.DIFFERS: Mark("partial", "≠", "differs from the games"),
    Verdict.UNCHECKED: Mark("none", "·", "not computed anew here"),
    Verdict.NOT_STORED: Mark("none", "·", "nothing stored to check"),
}


@dataclass(frozen=True)
class Group:
    """Features that mainly come from one table."""

    table: str
    features: Sequence[FeatureOf]


@dataclass(frozen=True)
class Leaked:
    """Features that hold what nobody knew before tip-off: results, or later lines."""

    games: Sequence[FeatureOf]
    lines: Sequence[FeatureOf]


@router.get("/dates/{day}/players/{player}")
def player_page(
    request: Request,
    day: Annotated[Day, Path()],
    player: Player,
    office: TheOffice,
    feature: Annotated[str, Query(max_length=100)] = FIRST,
) -> Response:
    names = [one.name for one in FEATURES]
    if feature not in names:
        near = get_close_matches(feature, names, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(f"no feature is called {feature!r}{hint}")
    found = answer(office, day, player)
    picked = found.features[names.index(feature)]
    return page(
        request,
        "player.html",
        trace=found,
        groups=groups(found),
        picked=picked,
        used=used(picked),
        leaked=leaked(found),
        odds=Door.BOARD,
        marks=VERDICTS,
        said=said,
        clock=clock,
        every_set=len(SETS),
    )


def groups(found: Traced) -> list[Group]:
    """By the table that they mainly come from, the first feature's first."""
    order = list(dict.fromkeys(one.source for one in found.features))
    ranked = sorted(found.features, key=lambda one: (order.index(one.source), one.index))
    return [Group(table, list(of)) for table, of in groupby(ranked, lambda one: one.source)]


def used(picked: FeatureOf) -> dict[str, set[date] | None]:
    """Per list the dates that go into the feature; None where nothing of the list does."""
    return {
        whose.value: (
            {day for window in picked.comes_from if window.whose == whose for day in window.games}
            if any(window.whose == whose for window in picked.comes_from)
            else None
        )
        for whose in Whose
    }


def leaked(found: Traced) -> Leaked:
    late = [one for one in found.features if one.check.verdict is Verdict.LEAKED]
    return Leaked(
        games=[one for one in late if one.check.door != Door.BOARD],
        lines=[one for one in late if one.check.door == Door.BOARD],
    )
