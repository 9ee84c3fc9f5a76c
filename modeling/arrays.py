"""Array types of the room, and the days that they are counted in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Moments = NDArray[np.datetime64]
"""UTC, to the microsecond; NaT is NULL."""
Texts = NDArray[np.object_]


def day_of(value: np.datetime64) -> date:
    """A day of an array as everybody else writes it."""
    found: date = value.astype("datetime64[D]").item()
    return found


def days_of(values: list[date]) -> Days:
    return np.array(values, dtype="datetime64[D]")


def floats_of(values: Iterable[object]) -> Floats:
    """None becomes NaN."""
    return np.array(list(values), dtype=np.float64)


def texts_of(values: Iterable[object]) -> Texts:
    return np.array([str(one) for one in values], dtype=np.object_)


def moment_of(value: datetime) -> np.datetime64:
    """An engine's timestamps are UTC, whether they say so or not."""
    naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return np.datetime64(naive, "us")


def moments_of(values: Iterable[datetime | None]) -> Moments:
    """None becomes NaT."""
    unknown = np.datetime64("NaT", "us")
    found = [unknown if one is None else moment_of(one) for one in values]
    return np.array(found, dtype="datetime64[us]")
