"""Now, and the Eastern date it falls on; TIPOFF_NOW sets it for tests and demos."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from processors.errors import UsageError

EASTERN = ZoneInfo("America/New_York")


def now() -> datetime:
    said = os.environ.get("TIPOFF_NOW")
    if said is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as error:
        raise UsageError(
            f"TIPOFF_NOW={said!r} is no moment: write 2024-11-18T09:00:00-05:00"
        ) from error
    if moment.tzinfo is None:
        raise UsageError(f"TIPOFF_NOW={said!r} has no zone: write 2024-11-18T09:00:00-05:00")
    return moment.astimezone(UTC)


def today(moment: datetime | None = None) -> date:
    """The Eastern date."""
    return (moment or now()).astimezone(EASTERN).date()


def is_historical(day: date, moment: datetime | None = None) -> bool:
    """Before yesterday, Eastern."""
    return day < today(moment) - timedelta(days=1)


def wall_clock() -> datetime:
    """For the ledger: when a thing really happened, UTC without a zone as it is stored."""
    return datetime.now(UTC).replace(tzinfo=None)
