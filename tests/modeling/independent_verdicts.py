"""What is too good to be true, and what a model has to show, worked out again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from tests.modeling.independent import (
    Said,
    ahead,
    by,
    errors,
    hits,
    listed,
    mean_edge,
    tier,
)

HURDLE, LEAST_GRADED = Fraction(53, 100), 40
MOST_MEAN_EDGE, MOST_TIER_BIAS = Fraction(3, 2), 5
LEAST_BEHIND_LINE = Fraction(1, 10)
TOO_GOOD_SHARE, TOO_GOOD_POINTS = Fraction(8, 100), Fraction(2, 10)
TOO_MANY_WON, MANY_PICKS = Fraction(60, 100), 500
LEAKED, HONEST = (
    (Fraction(low, 100), Fraction(high, 100)) for low, high in ((394, 402), (485, 495))
)
MANY_SETTLED = 1000


def red_flags(
    rows: Sequence[Said],
    means: Sequence[Sequence[float | None]],
    *,
    settled_five: Sequence[tuple[float, float]] = (),
) -> set[str]:
    """What hardly happens without a leak; `means` are of the same rows, one sequence a baseline.

    `settled_five` holds the five-game mean and the points of players with ten games behind them.
    """
    found = set()
    gains = []
    for others in means:
        both = [
            (row, other)
            for row, other in zip(rows, others, strict=True)
            if other is not None and row.actual is not None
        ]
        theirs = errors([replace(row, predicted=other) for row, other in both])
        if theirs is not None and theirs.mae and (own := errors([row for row, _ in both])):
            gains.append(1 - own.mae / theirs.mae)
    if gains and min(gains) > TOO_GOOD_SHARE:
        found.add("baseline")
    known = listed(rows)
    own, line = errors(known), errors([replace(row, predicted=row.line or 0) for row in known])
    if own and line and line.mae - own.mae > TOO_GOOD_POINTS:
        found.add("line")
    for threshold in (1, 3, 5):
        at = hits(rows, threshold)
        if at.decided > MANY_PICKS and at.wins > TOO_MANY_WON * at.decided:
            found.add(f"hits at {threshold}")
    if len(settled_five) >= MANY_SETTLED:
        off = sum((abs(Fraction(five) - Fraction(was)) for five, was in settled_five), Fraction())
        if _gap(off / len(settled_five), LEAKED) < _gap(off / len(settled_five), HONEST):
            found.add("five")
    return found


def _gap(value: Fraction, band: tuple[Fraction, Fraction]) -> Fraction:
    """How far outside a band."""
    return max(band[0] - value, value - band[1], Fraction())


def gates(
    rows: Sequence[Said],
    *,
    bounds: Sequence[float],
    highest_against_means: Iterable[float],
    lowest_against_line: float | None,
    knows_line: bool,
    proven: bool,
    fresh: bool,
) -> dict[str, bool]:
    """Each gate's verdict; the ends are of the intervals of the differences of MAE."""
    at_three, off = hits(rows, 3), mean_edge(rows)
    tiers = by(rows, tier(bounds)).values()
    ends = list(highest_against_means)
    known = listed(rows)
    behind = ahead(known, [row.line for row in known])
    return {
        "hit rate": at_three.interval is not None and at_three.interval[0] > HURDLE,
        "graded": at_three.decided >= LEAST_GRADED,
        "mean edge": off is not None and abs(off) <= MOST_MEAN_EDGE,
        "tier bias": bool(tiers) and all(abs(each.bias) <= MOST_TIER_BIAS for each in tiers),
        "baselines": bool(ends) and all(end < 0 for end in ends),
        "line": behind is not None
        and lowest_against_line is not None
        and (lowest_against_line <= 0 if knows_line else behind <= LEAST_BEHIND_LINE),
        "blindness": proven,
        "freshness": fresh,
    }
