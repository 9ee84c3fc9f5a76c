"""Campaigns: the requests of one backfill, known again by their correlation ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.outcome import Status

PATTERN = r"^backfill-([0-9a-f]+)-"
"""In correlation ids; what it finds is the campaign."""
LATELY = timedelta(minutes=5)
"""What a campaign's pace is told from."""
TOO_SHORT = timedelta(seconds=15)
"""For a pace to mean anything."""
QUIET = timedelta(seconds=10)
"""So long a client may think between two requests."""
WORST_FIRST = (
    Status.FAILED,
    Status.REJECTED,
    Status.BLOCKED,
    Status.PARTIAL,
    Status.SUCCESS,
    Status.UNCHANGED,
    Status.SKIPPED_BOOTSTRAP,
    Status.SKIPPED_NO_GAMES,
)
"""What a date of many tables is called after."""


def correlation_id(campaign: str, what: str, number: int) -> str:
    """Each attempt has its own: an earlier one may have failed under the other."""
    return f"backfill-{campaign}-{what}-{number}"


def campaign_in(about: Mapping[str, str]) -> str | None:
    """Of what a request says of itself."""
    found = re.match(PATTERN, about.get("correlation_id", ""))
    return found[1] if found else None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one run has told so far of one date, of the tables that it was asked for."""

    day: date
    statuses: Mapping[Status, int]
    moment: datetime
    """Of the last word."""

    @property
    def worst(self) -> Status:
        return min(self.statuses, key=WORST_FIRST.index)

    @property
    def tables(self) -> int:
        return sum(self.statuses.values())


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One run of a campaign, or any other, as the ledger tells it."""

    run_id: str
    campaign: str | None
    started: datetime
    is_open: bool
    """Whether it hasn't ended."""
    request: Mapping[str, object]
    tables: tuple[str, ...]
    days: tuple[date, ...]
    told: Mapping[date, Told]
    """Also of dates that weren't asked for, where they were done for those that were."""

    @property
    def done(self) -> list[Told]:
        """The asked dates of which every asked table has been told."""
        found = (self.told.get(day) for day in self.days)
        return [one for one in found if one and one.tables >= len(self.tables)]


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One backfill, as far as it has come; how much it will ask for only the client knows."""

    campaign: str
    tables: tuple[str, ...]
    force: bool
    triggered_by: str | None
    began: datetime
    last_said: datetime
    requests: int
    open: int
    """Requests that haven't ended."""
    is_lively: bool
    """Whether one hasn't ended, or has said something just now."""
    asked: int
    """Dates so far."""
    done: Mapping[Status, int]
    """Dates by the worst of their tables."""
    last_day: date | None
    """The date that was done last."""
    per_minute: float | None
    """Dates, over the last minutes; None where it has only begun."""


def campaigns_of(runs: Iterable[Asked], now: datetime) -> list[Campaign]:
    """The latest first."""
    by_name: dict[str, list[Asked]] = {}
    for run in runs:
        if run.campaign is not None:
            by_name.setdefault(run.campaign, []).append(run)
    found = [_campaign(name, ones, now) for name, ones in by_name.items()]
    return sorted(found, key=lambda one: one.began, reverse=True)


def _campaign(name: str, runs: list[Asked], now: datetime) -> Campaign:
    runs = sorted(runs, key=lambda one: one.run_id)
    # A date that was asked for again is what its latest try says.
    done = {told.day: told for run in runs for told in run.done}
    began = runs[0].started
    last = max(done.values(), key=lambda one: (one.moment, one.day), default=None)
    said = [told.moment for run in runs for told in run.told.values()]
    about = runs[0].request.get("about")
    last_said = max([*said, runs[-1].started])
    still_open = sum(one.is_open for one in runs)
    span = min(now - began, LATELY)
    lately = sum(one.moment >= now - LATELY for one in done.values())
    return Campaign(
        campaign=name,
        tables=runs[0].tables,
        force=bool(runs[0].request.get("force")),
        triggered_by=about.get("triggered_by") if isinstance(about, dict) else None,
        began=began,
        last_said=last_said,
        requests=len(runs),
        open=still_open,
        is_lively=still_open > 0 or now - last_said < QUIET,
        asked=len({day for run in runs for day in run.days}),
        done=Counter(one.worst for one in done.values()),
        last_day=last.day if last else None,
        per_minute=lately / (span / timedelta(minutes=1)) if span >= TOO_SHORT else None,
    )
