"""Fractions between published values: read exactly, reckoned exactly, rounded once."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import isqrt

from tests.oracle.numbers import scaled, whole


@lru_cache(maxsize=100_000)
def exact(published: float | None, digits: int = 6) -> Fraction | None:
    """The decimal number that a published value stands for."""
    return None if published is None else Fraction(whole(published, digits), 10**digits)


def rounded(value: Fraction | int | None, digits: int = 6) -> float | None:
    """Round half away from zero."""
    if value is None:
        return None
    return scaled(value.numerator, value.denominator, digits) / 10**digits


def clamped(value: Fraction | int, size: int) -> Fraction | int:
    """The nearest number within +-size."""
    return max(-size, min(value, size))


def where_known(function: Callable[..., object], *values: object) -> object:
    """What the function makes of the values; None where one is unknown."""
    return None if None in values else function(*values)


def over_root(numerator: Fraction, square: Fraction, digits: int = 6) -> float:
    """Round numerator / root of the square, half away from zero."""
    # floor(x + 1/2) = (floor(2x) + 1) // 2, as in sample_deviation
    double = isqrt(int(4 * numerator**2 / square * 10 ** (2 * digits)))
    size = (double + 1) // 2
    return (size if numerator >= 0 else -size) / 10**digits
