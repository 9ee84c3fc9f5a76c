"""The season calendar: table by date, coloured by outcome."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pipeline.handoff_page import percent
from pipeline.state import State
from service.models.answers import GapOf
from service.models.calendar import Calendar, CellOf, DayOf, TableOf, Which
from service.office import TheOffice
from service.page import words
from service.page.rendering import PageRoute, page
from service.routes.calendar import answer

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ITS_DATE = "\x1f"
"""Stands in a reason for the date of the cell."""
ITS_ROWS = "\x1e"
"""The same for how many rows it holds."""
GAPS_SHOWN = 20
STALE = (State.STALE_CODE, State.STALE_INPUT, State.MAYBE_STALE)
TALL = (0, 12)
SHAPES = {"bootstrap": (4, 4), "missing": (9, 3), "coming": (5, 2), "stale": (0, 9)}
"""Top and height in a strip of twelve: what differs in colour differs in shape, too."""


@dataclass(frozen=True)
class Line:
    """One table over the season."""

    table: TableOf
    paths: Sequence[tuple[str, str]]
    """Of a picture one unit a date wide: class and outline."""
    said: str
    """The same in words."""
    stale: int
    share: str


@dataclass(frozen=True)
class Column:
    """A day of the month; nothing stands under a day off."""

    date: date
    played: DayOf | None


@router.get("/")
def calendar(request: Request, asked: Annotated[Which, Query()], office: TheOffice) -> Response:
    found = answer(office, asked)
    if found.season is None or found.month is None:
        return page(request, "calendar_empty.html")
    columns = _columns(found.month, found.days)
    gaps = _gaps(found.tables)
    can = sum(one.coverage.achievable for one in found.tables)
    stands = sum(one.coverage.standing for one in found.tables)
    return page(
        request,
        "calendar.html",
        found=found,
        lines=[_line(one) for one in found.tables],
        can=can,
        stands=stands,
        share=percent(stands, can),
        by_design=sum(one.coverage.bootstrap for one in found.tables),
        coming=sum(one.coverage.coming for one in found.tables),
        counts=_counts(found.tables),
        columns=columns,
        matrix=_matrix(found, columns),
        details=_details(found.cells),
        gaps=gaps[:GAPS_SHOWN],
        more_gaps=len(gaps) - GAPS_SHOWN,
        named=_named,
    )


def _named(month: str) -> date:
    """Its first day: a template writes its name from it."""
    return date.fromisoformat(f"{month}-01")


def _gaps(tables: Iterable[TableOf]) -> list[tuple[Sequence[str], GapOf]]:
    """Tables that lack the same dates for the same reason share a line."""
    alike: dict[str, tuple[list[str], GapOf]] = {}
    for one in tables:
        for gap in one.coverage.gaps:
            names, _ = alike.setdefault(gap.model_dump_json(), ([], gap))
            names.append(one.table)
    return list(alike.values())


def _line(table: TableOf) -> Line:
    coverage = table.coverage
    return Line(
        table=table,
        paths=outlines(table.words),
        said=in_words(table.words),
        stale=sum(coverage.states.get(state, 0) for state in STALE),
        share=percent(coverage.standing, coverage.achievable),
    )


def outlines(said: Iterable[str]) -> list[tuple[str, str]]:
    """Neighbouring dates of one look are one box; boxes of one look are one path."""
    boxes: dict[str, list[str]] = {}
    start = 0
    for css, group in groupby(words.mark(word).css for word in said):
        width = len(list(group))
        top, height = SHAPES.get(css, TALL)
        boxes.setdefault(css, []).append(f"M{start} {top}h{width}v{height}h-{width}z")
        start += width
    return [(css, "".join(one)) for css, one in boxes.items()]


def in_words(said: Iterable[str]) -> str:
    """How many dates are what: `197 stands; 14 bootstrap, by design`."""
    counted = Counter(words.mark(word).text for word in said)
    return "; ".join(f"{dates} {text}" for text, dates in counted.most_common())


def _counts(tables: Iterable[TableOf]) -> list[tuple[str, int]]:
    """Words of the season with their dates, in the order in which words are explained."""
    counted = Counter(word for table in tables for word in table.words)
    order = {word: number for number, word in enumerate(words.MARKS)}
    return sorted(counted.items(), key=lambda one: order.get(one[0], len(order)))


def _columns(month: str, days: Iterable[DayOf]) -> list[Column]:
    first = _named(month)
    played = {day.date: day for day in days}
    _, length = monthrange(first.year, first.month)
    month_days = (first.replace(day=number) for number in range(1, length + 1))
    return [Column(day, played.get(day)) for day in month_days]


def _matrix(
    found: Calendar, columns: Sequence[Column]
) -> list[tuple[str, Sequence[CellOf | None]]]:
    cells = {(cell.table, cell.date): cell for cell in found.cells}
    return [
        (one.table, [cells.get((one.table, column.date)) for column in columns])
        for one in found.tables
    ]


def _details(cells: Sequence[CellOf]) -> Mapping[str, object]:
    """What the browser's side shows of a cell, in the order of the cells: what is said of many
    stands there once, and is named by its place. A reason is told in parts, and its date and rows
    by signs: many dates wait for the same, or hold what they should."""
    texts: dict[str | None, int] = {}
    reasons: dict[tuple[int, ...], int] = {}
    kinds: dict[tuple[int, ...], int] = {}

    def place(text: str | None) -> int:
        return texts.setdefault(text, len(texts))

    def sentence(reason: str, cell: CellOf) -> int:
        undated = reason.replace(str(cell.date), ITS_DATE)
        parts = re.sub(rf"\b{cell.rows}\b", ITS_ROWS, undated).split("; ")
        return reasons.setdefault(tuple(map(place, parts)), len(reasons))

    rows = []
    for cell in cells:
        last = cell.last
        said: tuple[str | None, ...] = (cell.word, cell.state, cell.blind)
        if last is not None:
            said += (last.status, last.run_id, f"{last.recorded_at:%Y-%m-%d %H:%M:%S}")
        kind = (sentence(cell.reason, cell), *map(place, said))
        row = (kinds.setdefault(kind, len(kinds)), cell.rows)
        rows.append((*row, sentence(last.reason, cell)) if last is not None else row)
    marks = {word: words.mark(word) for cell in cells for word in _words_of(cell)}
    return {
        "cells": rows,
        "kinds": list(kinds),
        "reasons": list(reasons),
        "texts": list(texts),
        "marks": {word: (mark.css, mark.sign, mark.text) for word, mark in marks.items()},
    }


def _words_of(cell: CellOf) -> Iterable[str]:
    yield cell.word
    yield cell.state
    if cell.last is not None:
        yield cell.last.status
    if cell.blind is not None:
        yield cell.blind
