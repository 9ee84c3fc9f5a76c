"""From when on a table of nba_ops is read: BigQuery keeps its rows by the day they were recorded.

Each text that reads one says `recorded_at >= @since`. What nothing can tell the age of is read from
the beginning; a run's rows are never older than the moment in its id.
"""

from __future__ import annotations

from datetime import datetime, timedelta

BEGINNING = datetime(2000, 1, 1)
"""Before the first record of anybody."""
OVERLAP = timedelta(hours=1)
"""Processes write with clocks of their own, and a row may come minutes after its moment."""
MOMENT = "%Y%m%dT%H%M%S%f"
"""In an id, which sorts by it."""
LENGTH = len("20261121T120000000000")


def begun(made_id: str) -> datetime:
    """When a run, letter or audit began, by its id; long ago where that doesn't say."""
    try:
        return max(datetime.strptime(made_id[:LENGTH], MOMENT), BEGINNING)
    except ValueError:
        return BEGINNING


def since_begun(made_id: str) -> datetime:
    """For the rows of one run, letter or audit, by its id."""
    moment = begun(made_id)
    return moment - OVERLAP if moment > BEGINNING else BEGINNING
