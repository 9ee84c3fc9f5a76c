"""Cells as JSON can hold them."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from service.cells import plain


@pytest.mark.parametrize(
    ("cell", "held"),
    [
        (None, None),
        (True, True),
        (2**70, 2**70),
        (0.1, 0.1),
        ("Dončić", "Dončić"),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (date(2025, 12, 1), "2025-12-01"),
        (datetime(2025, 12, 1, 10, tzinfo=UTC), "2025-12-01T10:00:00+00:00"),
        (time(10, 30), "10:30:00"),
        (timedelta(days=1), "1 day, 0:00:00"),
        (Decimal("1.10"), "1.10"),
        (b"\x00\xff", "AP8="),
        ([date(2025, 12, 1), None], ["2025-12-01", None]),
        (
            {"at": date(2025, 12, 1), 2: {"deep": math.nan}},
            {"at": "2025-12-01", "2": {"deep": "NaN"}},
        ),
    ],
)
def test_plain(cell: object, held: object) -> None:
    assert plain(cell) == held
    assert type(plain(cell)) is type(held)
    assert json.loads(json.dumps(plain(cell), allow_nan=False)) == held
