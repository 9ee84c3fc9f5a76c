"""A histogram: how many rows of a season hold what of one feature, in bins of one width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.distributions import ASKED, as_real
from pipeline.readiness import STORE
from processors.features import Feature
from warehouse.interface import Warehouse

BINS = 20


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Rows from `low` to below `high`, in the last bin with it; of whole values `high` is in."""

    low: float
    high: float
    rows: int


def read_histogram(warehouse: Warehouse, feature: Feature, first: date, last: date) -> list[Bin]:
    """From the lowest to the highest value, empty bins too; none where every row lacks it."""
    rows = warehouse.rows(histogram(feature), first_date=first, last_date=last)
    return bins(rows, whole=feature.whole)


def bins(rows: Sequence[tuple[float, float, float, int]], *, whole: bool) -> list[Bin]:
    """From (number, lowest, width, rows) of those that hold something."""
    held = {int(number): count for number, _, _, count in rows}
    if not held:
        return []
    _, lowest, width, _ = rows[0]
    inside = width - 1 if whole else width
    return [
        Bin(
            low=lowest + number * width,
            high=lowest + number * width + inside,
            rows=held.get(number, 0),
        )
        for number in range(max(held) + 1)
    ]


@cache
def histogram(feature: Feature) -> str:
    """Whole values have bins of a whole width, so that none holds more values than its neighbour;
    what else equals the highest value belongs to the last bin."""
    reach = "MAX(value) - MIN(value)"
    width = f"SAFE_DIVIDE({reach}, {BINS})"
    if feature.whole:
        width = f"CEIL(SAFE_DIVIDE({reach} + 1, {BINS}))"
    return f"""
WITH counted AS (
  SELECT {as_real(feature)} AS value, COUNT(*) AS held
  FROM `{STORE}`
  {ASKED} AND {feature.name} IS NOT NULL
  GROUP BY value
),
edges AS (
  SELECT MIN(value) AS lowest, {width} AS width FROM counted
)
SELECT
  LEAST(FLOOR(COALESCE(SAFE_DIVIDE(counted.value - edges.lowest, edges.width), 0)), {BINS - 1})
    AS number,
  edges.lowest, edges.width, SUM(counted.held) AS stored_rows
FROM counted
CROSS JOIN edges
GROUP BY number, edges.lowest, edges.width
ORDER BY number
"""
