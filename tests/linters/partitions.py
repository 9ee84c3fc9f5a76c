"""Every dated input is read between two bare bounds, no wider than its contract declares."""

from __future__ import annotations

from sqlglot import exp

from processors.window import Window

from .comparison import bounds, days_before, is_parameter
from .place import Place
from .reading import Reading


def partitions_are_bounded(reading: Reading) -> list[str]:
    found = []
    for place in reading.places:
        if place.date_column is None:
            continue
        window = reading.window(place)
        if window is None:
            found.append(f"{place.table} has dates and is read without a declared window")
            continue
        found += _faults(place, window)
    return found


def _faults(place: Place, window: Window) -> list[str]:
    limits = list(bounds(place.conjuncts, place.alias, {place.date_column}))
    starts = any(
        side == "lower" and not strict and _may_start(other, window)
        for other, side, strict in limits
    )
    ends = any(
        side == "upper" and is_parameter(other, "end_date") and (strict or window.includes_day)
        for other, side, strict in limits
    )
    name = f"{place.alias}.{place.date_column}"
    faults = []
    if not starts:
        faults.append(f"{place.table}: no bare lower bound of {name} within {window}")
    if not ends:
        sign = "<=" if window.includes_day else "<"
        faults.append(f"{place.table}: no bare upper bound {name} {sign} @end_date for {window}")
    return faults


def _may_start(node: exp.Expression, window: Window) -> bool:
    if is_parameter(node, "start_date"):
        return True
    if window.seasons_back is not None:
        return is_parameter(node, "history_start")
    back = days_before(node)
    return (
        back is not None and is_parameter(back[0], "start_date") and back[1] <= (window.days or 0)
    )
