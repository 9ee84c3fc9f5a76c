"""Small pictures of numbers, as outlines of paths: a style sheet gives them their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.models.distributions import SpreadOf

STEP = 10
"""Width of a month; a bar leaves two of it free."""
BAR = 8
HEIGHT = 24
LEAST = 1.5
"""What is there is seen, however little."""
WIDTH = 200
"""Of a box plot."""


@dataclass(frozen=True)
class Box:
    """A box plot that lies: from the lowest to the highest value, the middle half, the median."""

    whole: str
    half: str
    median: str


def bars(shares: Sequence[float], only: Sequence[bool] | None = None) -> str:
    """A bar a month, the whole height for all of its rows; `only` picks some of the months."""
    return "".join(
        _upright(place, max(share * HEIGHT, LEAST), HEIGHT)
        for place, share in enumerate(shares)
        if share and (only is None or only[place])
    )


def halves(months: Sequence[SpreadOf]) -> tuple[str, str]:
    """A box a month from its lower to its upper quartile, and its median; one scale for all."""
    held = [
        (place, one.lower_quartile, one.median, one.upper_quartile)
        for place, one in enumerate(months)
        if one.lower_quartile is not None
        and one.median is not None
        and one.upper_quartile is not None
    ]
    if not held:
        return "", ""
    low, high = min(one[1] for one in held), max(one[3] for one in held)
    boxes, medians = [], []
    for place, lower, median, upper in held:
        top, middle, bottom = (
            HEIGHT - 1 - _along(value, low, high, HEIGHT - 2) for value in (upper, median, lower)
        )
        boxes.append(_upright(place, max(bottom - top, LEAST), max(bottom, top + LEAST)))
        medians.append(f"M{place * STEP} {middle:.1f}h{BAR}")
    return "".join(boxes), "".join(medians)


def box(spread: SpreadOf, low: float, high: float) -> Box | None:
    """Between two ends of a scale that is shared; none where no row has a value."""
    known = (
        spread.lowest,
        spread.lower_quartile,
        spread.median,
        spread.upper_quartile,
        spread.highest,
    )
    held = [_along(value, low, high, WIDTH - 2) + 1 for value in known if value is not None]
    if len(held) < len(known):
        return None
    lowest, lower, median, upper, highest = held
    return Box(
        whole=f"M{lowest:.1f} 8H{highest:.1f}M{lowest:.1f} 5v6M{highest:.1f} 5v6",
        half=f"M{lower:.1f} 3H{max(upper, lower + LEAST):.1f}V13H{lower:.1f}z",
        median=f"M{median:.1f} 1v14",
    )


def _along(value: float, low: float, high: float, length: float) -> float:
    """In the middle where both ends are one."""
    return (value - low) / (high - low) * length if high > low else length / 2


def _upright(place: int, height: float, bottom: float) -> str:
    return f"M{place * STEP} {bottom:.1f}v-{height:.1f}h{BAR}v{height:.1f}z"
