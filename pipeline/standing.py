"""What stands: each date of a table in one season, as it is now. Whoever shows it reads this."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from pipeline.assessment import Assessor, SeasonItems
from pipeline.audit import verdict
from pipeline.audit.verdict import AuditKind, Word
from pipeline.calendar import Season
from pipeline.clock import today
from pipeline.plan import Request, make_plan
from pipeline.run import Pipeline
from pipeline.state import Item, State
from warehouse.interface import Fingerprint

MOST_KEPT = 64
"""Anybody may ask for any choice of tables."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One table in one season, or in one month of it."""

    table: str
    season: Season
    today: date
    items: Sequence[Item]
    """A date with games each."""
    stored: Mapping[date, Fingerprint]
    """Where any row is, by a scan; of the whole season."""
    blind: Mapping[date, Word]
    """What the latest audit of blindness said of the rows that stand there now."""
    logic_version: str
    """Of the code that runs."""
    written_by: Mapping[date, str]
    """The logic version of each date that the ledger has proven."""

    @property
    def other_code(self) -> list[date]:
        """Dates that other code wrote than the code that runs: what is blocked can't be computed
        anew, and stands there all the same. Placeholders have a logic of their own."""
        return [
            item.day
            for item in self.items
            if item.state is not State.BOOTSTRAP
            and self.written_by.get(item.day, self.logic_version) != self.logic_version
        ]

    @property
    def unproven(self) -> list[date]:
        """Stored dates of which no ledger knows which code wrote them."""
        return [
            item.day
            for item in self.items
            if item.day in self.stored and item.day not in self.written_by
        ]

    def is_coming(self, item: Item) -> bool:
        """What is done ahead of its day counts; what isn't is no gap yet."""
        return (
            item.day > self.today
            and not self.season.final.get(item.day)
            and item.state not in (State.FRESH, State.BOOTSTRAP)
        )

    def months(self) -> Iterator[tuple[str, Standing]]:
        for month, group in groupby(self.items, key=lambda item: f"{item.day:%Y-%m}"):
            yield month, replace(self, items=tuple(group))


def read_standing(
    pipeline: Pipeline, tables: Sequence[str], seasons: Collection[Season] | None = None
) -> list[Standing]:
    """Every season that the schedule knows, or these, whole; within it table by table."""
    with pipeline.looking() as assessor:
        known = assessor.calendar.seasons if seasons is None else seasons
        contracts = pipeline.registry.contracts
        stored = {table: assessor.content.stored(contracts[table]) for table in tables}
        written = {table: assessor.ledger.written_by(table) for table in tables}
        blind = verdict.standing(pipeline.warehouse, AuditKind.BLINDNESS, stored)
        return [
            Standing(
                table=table,
                season=season,
                today=today(),
                items=items,
                stored={day: stored[table][day] for day in season.dates if day in stored[table]},
                blind=blind.get(table, {}),
                logic_version=pipeline.registry.processors[table].logic_version,
                written_by=written[table],
            )
            for season in known
            for table, items in _assessed(assessor, tuple(tables), season).items()
        ]


def _assessed(assessor: Assessor, tables: tuple[str, ...], season: Season) -> SeasonItems:
    """No date reads what lies after it: what was told of those before a change still holds."""
    told, known = assessor.seasons.get((tables, season.start), (0, dict[str, Sequence[Item]]()))
    start = assessor.changed_from(season, since=told) if known else season.start
    if start is None:
        return known
    items = {table: [item for item in known.get(table, ()) if item.day < start] for table in tables}
    days = tuple(day for day in season.dates if day >= start)
    before = [item for some in items.values() for item in some]
    request = Request(tables=tables, days=days, prepare=False)
    for item in make_plan(request, assessor, before=before).items:
        items[item.table].append(item)
    if len(assessor.seasons) >= MOST_KEPT:
        assessor.seasons.clear()
    assessor.seasons[tables, season.start] = len(assessor.ledger.told), items
    return items
