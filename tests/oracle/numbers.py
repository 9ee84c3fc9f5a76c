"""Exact sums and the one rounding at their end."""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt


def scaled(numerator: int, denominator: int, digits: int) -> int:
    """Round numerator / denominator half away from zero, as a whole number of last digits."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    size = (2 * abs(numerator) * 10**digits + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def ratio(numerator: int | None, denominator: int | None, digits: int = 6) -> float | None:
    """Divide exactly and round; None where a part is unknown or the divisor is 0."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return scaled(numerator, denominator, digits) / 10**digits


def whole(published: float | None, digits: int) -> int | None:
    """Read a published value back as the whole number of last digits that it is."""
    return None if published is None else round(published * 10**digits)


def known(values: Iterable[int | None]) -> list[int]:
    """Keep the values that are known."""
    return [value for value in values if value is not None]


def sum_known(values: Iterable[int | None]) -> int | None:
    """Sum the known values; None where there is none."""
    present = known(values)
    return sum(present) if present else None


def sum_all(values: Iterable[int | None]) -> int | None:
    """Sum the values; None where one is unknown or there is none."""
    every = list(values)
    return sum(every) if every and None not in every else None


def sample_deviation(values: list[int], digits: int, unit: int = 1) -> float | None:
    """Sample deviation of whole multiples of 1 / unit; None with fewer than two."""
    count = len(values)
    if count < 2:
        return None
    spread = count * sum(value * value for value in values) - sum(values) ** 2
    # floor(x + 1/2) = (floor(2x) + 1) // 2: the root is rounded without ever being a float
    double = isqrt(4 * spread * 10 ** (2 * digits) // (count * (count - 1) * unit * unit))
    return (double + 1) // 2 / 10**digits


def slope(values: list[int], at_least: int) -> float | None:
    """Least-squares slope over x = 0, 1, 2, …; None with fewer values than asked."""
    count = len(values)
    if count < at_least:
        return None
    places = range(count)
    products = sum(x * y for x, y in zip(places, values, strict=True))
    numerator = count * products - sum(places) * sum(values)
    return ratio(numerator, count * sum(x * x for x in places) - sum(places) ** 2)


def median(values: list[int]) -> int:
    """Middle value, or the mean of the two in the middle rounded half away from zero."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return scaled(ordered[middle - 1] + ordered[middle], 2, 0)
