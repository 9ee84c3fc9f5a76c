"""One date: what it stands on, what became of it, and its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from pipeline.run import Pipeline
from pipeline.state import State
from pipeline.stored_rows import has_players
from pipeline.word import COMING
from processors.registry import Registry
from service import questions
from service.models.answers import RunSeen
from service.models.explained import BranchOf
from service.models.quarantine import QuarantineAsked
from service.models.queries import Runs, Tables
from service.models.requests import Day
from service.models.rows import RowsAsked
from service.office import TheOffice
from service.page.rendering import PageRoute, page
from service.page.row_table import row_table
from service.page.words import short
from service.routes import audits, quarantine, rows, runs

router = APIRouter(include_in_schema=False, route_class=PageRoute)

MOST_RUNS = 20
EXAMPLES = 3
NAMED = 3
"""So many tables or spans of a request are named, more are counted."""


@router.get("/dates/{day}")
def show(
    request: Request,
    day: Annotated[Day, Path()],
    asked: Annotated[RowsAsked, Query()],
    office: TheOffice,
) -> Response:
    pipeline = office.pipeline
    explained = questions.explain(pipeline, day, Tables())
    words = {one.table: one.word for one in explained.tables}
    found = runs.answer(pipeline, Runs(date=day, limit=MOST_RUNS)).runs
    return page(
        request,
        "date.html",
        day=day,
        explained=explained,
        words=words,
        depths=depths(pipeline.registry),
        counts=Counter(words.values()),
        opened=next((one.table for one in explained.tables if is_open(one)), None),
        shown=row_table(rows.answer(pipeline, day, findable(pipeline, day, asked))),
        typed=asked.player.strip(),
        set_aside=quarantine.answer(pipeline, QuarantineAsked(date=day, limit=EXAMPLES)).set_aside,
        audits=audits.answer(pipeline, day).audits,
        runs=[(one, asked_for(one)) for one in found],
        most_runs=MOST_RUNS,
    )


def is_open(branch: BranchOf) -> bool:
    """Whether something is to be done about it: the first such table is shown open."""
    done = (State.FRESH, State.BOOTSTRAP, State.NO_GAMES)
    return branch.state not in done and branch.word != COMING


def depths(registry: Registry) -> dict[str, int]:
    """How many computed tables stand on each other below each."""
    found: dict[str, int] = {}
    for one in registry:
        below = [found[feed.table] for feed in one.contract.inputs if feed.table in found]
        found[one.table] = max(below, default=-1) + 1
    return found


def findable(pipeline: Pipeline, day: date, asked: RowsAsked) -> RowsAsked:
    """Whoever goes from a table with players to one without keeps what he typed, and sees all."""
    if has_players(rows.chosen(pipeline, day, asked.table)):
        return asked
    return asked.model_copy(update={"player": ""})


def asked_for(run: RunSeen) -> str:
    """A run's request in words, as far as the ledger has it."""
    tables, days = _listed(run.request, "tables"), _listed(run.request, "days")
    said = [
        _some("tables", [short(one) for one in tables]),
        _some("spans of dates", [one.replace("/", " to ") for one in days]),
    ]
    if run.request.get("force"):
        said.append("forced")
    about = run.request.get("about")
    said += [f"{name} {value}" for name, value in about.items()] if isinstance(about, dict) else []
    return " · ".join(one for one in said if one)


def _listed(request: Mapping[str, object], name: str) -> list[str]:
    value = request.get(name)
    return [str(one) for one in value] if isinstance(value, list) else []


def _some(what: str, names: list[str]) -> str:
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} {what}"
