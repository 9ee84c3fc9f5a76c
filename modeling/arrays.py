"""Array types of the room, and the days that they are counted in."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Texts = NDArray[np.object_]


def day_of(value: np.datetime64) -> date:
    """A day of an array as everybody else writes it."""
    found: date = value.astype("datetime64[D]").item()
    return found


def days_of(values: list[date]) -> Days:
    return np.array(values, dtype="datetime64[D]")
