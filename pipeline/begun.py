"""Whether a date's games have begun: what is said of them afterwards is no prediction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from pipeline.clock import now, today
from processors.errors import UsageError
from warehouse.interface import Warehouse

FIRST_TIPOFFS = """
SELECT game_date, MIN(tipoff_at) AS first_tipoff
FROM `nba_raw.schedule`
WHERE game_date >= @first_date AND game_date <= @last_date
  AND boxscore_expected AND season_phase IN ('regular', 'play_in', 'playoffs')
GROUP BY game_date
ORDER BY game_date
"""


def refuse_begun(warehouse: Warehouse, days: Sequence[date]) -> None:
    """Raises UsageError where a date's first game has tipped off, or the date is past."""
    known: dict[date, datetime | None] = dict(
        warehouse.rows(FIRST_TIPOFFS, first_date=min(days), last_date=max(days))
    )
    for day in days:
        tipoff = known.get(day)
        if day < today() or (tipoff is not None and tipoff.replace(tzinfo=UTC) <= now()):
            since = f"its first game tipped off at {tipoff} UTC" if tipoff else "it is past"
            raise UsageError(
                f"{day}: {since}, and what is said now is no prediction; to compute what would have"
                " been said, ask for it with backfill_mode (on the command line --backfill)",
                day=day,
            )
