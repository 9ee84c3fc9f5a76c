"""Numbers by hand: whole sums, one division, one rounding, as the house has it everywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

DIGITS = 6


@dataclass(frozen=True)
class Worked:
    """A value, and how it came about, in a line that can be followed."""

    value: int | float | None
    steps: str


def half_away(value: float) -> int:
    """To the nearest whole number, halves away from zero, as SQL rounds."""
    return int(Decimal(value).to_integral_value(ROUND_HALF_UP))


def rounded(value: float | None, digits: int = DIGITS) -> float | None:
    """To the contract's digits."""
    return None if value is None else half_away(value * 10**digits) / 10**digits


def ratio(dividend: float | None, divisor: float | None, digits: int = DIGITS) -> float | None:
    """NULL where one is, or the divisor is 0."""
    if dividend is None or not divisor:
        return None
    return rounded(dividend / divisor, digits)


def micros(value: float | None) -> int | None:
    return None if value is None else half_away(1_000_000 * value)


def known(values: Iterable[int | None]) -> list[int]:
    return [one for one in values if one is not None]


def total(values: Iterable[int | None]) -> int | None:
    """Of those that are known; NULL where none is."""
    kept = known(values)
    return sum(kept) if kept else None


def said(value: float | None) -> str:
    """As short as it can be written, NULL as such."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return f"{value:.6f}".rstrip("0").rstrip(".")


def clock(seconds: int) -> str:
    """`34:05`, as box scores write minutes."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def sum_said(values: Sequence[float | None]) -> str:
    """`22 + 31 + 18`; what is unknown is named and left out of the sum."""
    return " + ".join(map(said, values)) if values else "nothing"


def deviation(values: Sequence[int | None]) -> float | None:
    """Of a sample; not yet rounded; NULL with fewer than two games."""
    n, points = len(values), known(values)
    if n < 2 or not points:
        return None
    squares = sum(one * one for one in points)
    return math.sqrt((n * squares - sum(points) ** 2) / (n * (n - 1)))


def slope(oldest_first: Sequence[int | None], least: int) -> float | None:
    """Least squares over x = 0, 1, 2, …; NULL with fewer than `least` games."""
    n, points = len(oldest_first), known(oldest_first)
    if n < least or not points:
        return None
    products = sum(place * one for place, one in enumerate(oldest_first) if one is not None)
    return rounded((12 * products - 6 * (n - 1) * sum(points)) / (n * (n * n - 1)))


def mean_of(values: Sequence[int | None], games: int) -> Worked:
    """The sum of what is known over all the games."""
    added = total(values)
    value = ratio(added, games)
    return Worked(value, f"{sum_said(values)} = {said(added)}; / {games} = {said(value)}")
