"""What is at work: runs that haven't ended, and the backfills that ask for many."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.campaigns import PATTERN, Asked, Campaign, Told, campaign_in, campaigns_of
from pipeline.clock import wall_clock
from pipeline.history import days_in
from pipeline.outcome import Status
from pipeline.run import Pipeline
from pipeline.running import Running
from pipeline.since import BEGINNING, OVERLAP

SINCE = timedelta(days=1)
"""A backfill that has asked for something since is shown."""
MOST_CAMPAIGNS = 5

CHOSEN = f"""
WITH told AS (
  SELECT run_id, MIN(recorded_at) AS started, MAX(request) AS request,
    COUNTIF(event != 'started') = 0 AS is_open,
    MAX(REGEXP_EXTRACT(JSON_VALUE(request, '$.about.correlation_id'), r'{PATTERN}')) AS campaign
  FROM `nba_ops.runs`
  WHERE recorded_at >= @since
  GROUP BY run_id
),
lively AS (
  SELECT campaign
  FROM told
  WHERE campaign IS NOT NULL
  GROUP BY campaign
  HAVING MAX(started) >= @lively_since
  ORDER BY MAX(started) DESC
  LIMIT {MOST_CAMPAIGNS}
),
chosen AS (
  SELECT told.run_id, told.campaign, told.started, told.is_open, told.request
  FROM told
  LEFT JOIN lively ON lively.campaign = told.campaign
  WHERE told.is_open OR lively.campaign IS NOT NULL
)"""

RUNS = f"""{CHOSEN}
SELECT run_id, campaign, started, is_open, request
FROM chosen
ORDER BY run_id
"""

TOLD = f"""{CHOSEN},
latest AS (
  SELECT said.run_id, said.partition_date, said.status, said.recorded_at
  FROM `nba_ops.partitions` AS said
  JOIN chosen ON chosen.run_id = said.run_id
  WHERE said.recorded_at >= @told_since
    AND STRPOS(chosen.request, CONCAT('"', said.table_name, '"')) > 0
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY said.run_id, said.table_name, said.partition_date
    ORDER BY said.recorded_at DESC) = 1
)
SELECT run_id, partition_date, status, COUNT(*) AS tables, MAX(recorded_at) AS moment
FROM latest
GROUP BY run_id, partition_date, status
"""


@dataclass(frozen=True, kw_only=True)
class Underway:
    """A run that works, waits for its turn, or was begun by something else than a request."""

    run_id: str
    since: datetime
    request: Mapping[str, object]
    at_hand: bool
    """Whether this pipeline has it in its hands; else only the ledger knows of it."""
    table: str | None
    """At work on it now; None where it waits, or where only the ledger knows of the run."""
    dates: int
    dates_done: int
    outcomes: Mapping[Status, int]
    """Told so far, of the asked tables on the asked dates."""
    in_all: int
    """So many outcomes there will be."""
    last_day: date | None
    last_said: datetime | None


@dataclass(frozen=True, kw_only=True)
class AtWork:
    """At one moment."""

    runs: Sequence[Underway]
    campaigns: Sequence[Campaign]


def read_at_work(pipeline: Pipeline) -> AtWork:
    """The first come first; the latest campaign first."""
    now = wall_clock()
    before = {one.run_id for one in pipeline.at_hand}
    asked = _asked(pipeline, now - SINCE)
    at_hand = {one.run_id: one for one in pipeline.at_hand}
    written = {one.run_id for one in asked}
    asked += [_unwritten(one) for one in at_hand.values() if one.run_id not in written]
    # What was at hand and no longer is has ended while the ledger was read.
    ended = before - set(at_hand)
    underway = [one for one in asked if one.is_open and one.run_id not in ended]
    return AtWork(
        runs=[
            _underway(one, at_hand.get(one.run_id))
            for one in sorted(underway, key=lambda one: one.run_id)
        ],
        campaigns=campaigns_of(asked, now),
    )


def _asked(pipeline: Pipeline, since: datetime) -> list[Asked]:
    """A run may be open, and a campaign alive, since whenever: all runs are read, and of what was
    told only what came since the first of those that were chosen."""
    warehouse = pipeline.warehouse
    asked = {"since": BEGINNING, "lively_since": since}
    chosen = warehouse.rows(RUNS, **asked)
    first = min((started for _, _, started, _, _ in chosen), default=since) - OVERLAP
    told: dict[str, dict[date, Told]] = {}
    for run_id, day, status, tables, moment in warehouse.rows(TOLD, told_since=first, **asked):
        days = told.setdefault(run_id, {})
        before = days.get(day)
        days[day] = Told(
            day=day,
            statuses={**(before.statuses if before else {}), Status(status): tables},
            moment=max(moment, before.moment) if before else moment,
        )
    found = []
    for run_id, campaign, started, is_open, said in chosen:
        request = json.loads(said)
        found.append(
            Asked(
                run_id=run_id,
                campaign=campaign,
                started=started,
                is_open=is_open,
                request=request,
                tables=tuple(request.get("tables", ())),
                days=days_in(request),
                told=told.get(run_id, {}),
            )
        )
    return found


def _unwritten(running: Running) -> Asked:
    """A run that the ledger will hear of once something is computed."""
    return Asked(
        run_id=running.run_id,
        campaign=campaign_in(running.request.about),
        started=running.begun,
        is_open=True,
        request=running.request.as_json(),
        tables=running.request.tables,
        days=running.request.days,
        told={},
    )


def _underway(asked: Asked, running: Running | None) -> Underway:
    told = [asked.told[day] for day in asked.days if day in asked.told]
    last = max(told, key=lambda one: (one.moment, one.day), default=None)
    by_chunks = len(asked.days) - len(running.left) if running else 0
    outcomes: Counter[Status] = Counter()
    for one in told:
        outcomes.update(one.statuses)
    return Underway(
        run_id=asked.run_id,
        since=running.begun if running else asked.started,
        request=asked.request,
        at_hand=running is not None,
        table=running.table if running else None,
        dates=len(asked.days),
        dates_done=max(by_chunks, len(asked.done)),
        outcomes=outcomes,
        in_all=len(asked.days) * len(asked.tables),
        last_day=last.day if last else None,
        last_said=last.moment if last else None,
    )
