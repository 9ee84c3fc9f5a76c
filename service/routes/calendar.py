"""`GET /calendar`: a season, table by date, with the reason of each."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Query

from pipeline.coverage import coverage_of, fills
from pipeline.season import Cell, LastSaid, SeasonSeen, month_of, see_season
from service import answering
from service.models.calendar import (
    Calendar,
    CellOf,
    DayOf,
    LastSaidOf,
    MonthOf,
    SeasonOf,
    TableOf,
    Which,
)
from service.office import Office, TheOffice

router = APIRouter(tags=["looking"])


@router.get("/calendar")
def calendar(asked: Annotated[Which, Query()], office: TheOffice) -> Calendar:
    """A season: each table's dates, coverage and gaps, and one month cell by cell."""
    return answer(office, asked)


def answer(office: Office, asked: Which) -> Calendar:
    """What the page shows, too."""
    pipeline = office.pipeline
    tables = [one.table for one in pipeline.registry]
    found = see_season(pipeline, tables, asked.season)
    month = found.month(asked.month)
    covered = [coverage_of(row.standing, pipeline.registry) for row in found.rows]
    shown = answering.coverage_of(covered).coverage
    return Calendar(
        today=found.today,
        seasons=[
            SeasonOf(
                label=one.label, first=one.start, last=one.last, begun=one.start <= found.today
            )
            for one in found.seasons
        ],
        season=found.season.label if found.season else None,
        month=month,
        months=_months(found),
        days=_days(found),
        tables=[
            TableOf(table=row.standing.table, coverage=one, words=[cell.word for cell in row.cells])
            for row, one in zip(found.rows, shown, strict=True)
        ],
        cells=[
            _cell(cell)
            for row in found.rows
            for cell in row.cells
            if month_of(cell.item.day) == month
        ],
        fill=fills(covered),
    )


def _months(found: SeasonSeen) -> list[MonthOf]:
    dates = Counter(month_of(day) for day in found.season.dates) if found.season else {}
    return [
        MonthOf(month=month, dates=dates[month], undone=undone)
        for month, undone in found.undone.items()
    ]


def _days(found: SeasonSeen) -> list[DayOf]:
    season = found.season
    if season is None:
        return []
    return [
        DayOf(
            date=day,
            games=season.games[day],
            final=season.final.get(day, 0),
            phase=season.phases[day],
        )
        for day in season.dates
    ]


def _cell(cell: Cell) -> CellOf:
    item = cell.item
    return CellOf(
        table=item.table,
        date=item.day,
        word=cell.word,
        state=item.state,
        reason=item.reason,
        rows=cell.rows,
        blind=cell.blind,
        last=_last_said(cell.last),
    )


def _last_said(last: LastSaid | None) -> LastSaidOf | None:
    if last is None:
        return None
    return LastSaidOf(
        status=last.status,
        reason=last.reason,
        rows=last.rows,
        run_id=last.run_id,
        recorded_at=last.recorded_at,
    )
