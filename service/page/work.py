"""What is being done, what failed and why, and the buttons for what the API does."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from pipeline.clock import today, wall_clock
from processors.contract import Layer
from processors.errors import UsageError
from service.models.letters import LettersAsked
from service.models.queries import Runs as WhichRuns
from service.models.queries import Since
from service.office import Office, TheOffice
from service.page import telling
from service.page.rendering import PageRoute, page
from service.push.message import Unreadable, read_push
from service.questions import checked
from service.routes.at_work import at_work, failed
from service.routes.push import TheInbox
from service.routes.runs import runs

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Back = Literal["hour", "day", "week"]
BACK: dict[Back, timedelta] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
RUNS_SHOWN = 20
Id = Annotated[str | None, Query(max_length=100)]


@router.get("/work")
def work(
    request: Request,
    office: TheOffice,
    inbox: TheInbox,
    since: Back = "day",
    run: Id = None,
    letter: Id = None,
) -> Response:
    """All of it; or one run, or one dead letter."""
    if run is not None:
        return _run(request, office, run)
    if letter is not None:
        return _letter(request, inbox, letter)
    moment = wall_clock().replace(tzinfo=UTC) - BACK[since]
    return page(
        request,
        "work.html",
        now=at_work(office),
        back=since,
        backs=tuple(BACK),
        failures=failed(office, Since(since=moment)).failures,
        letters=inbox.letters.newest(LettersAsked()).letters,
        runs=runs(WhichRuns(limit=RUNS_SHOWN), office).runs,
        tables=_tables(office),
        today=today(),
        telling=telling,
    )


@router.get("/work/running")
def running(request: Request, office: TheOffice) -> Response:
    """The part that asks for itself again, as a page of its own."""
    return page(request, "work_live.html", now=at_work(office), telling=telling)


def _run(request: Request, office: Office, run_id: str) -> Response:
    found = runs(checked(WhichRuns, run_id=run_id), office).runs
    if not found:
        raise UsageError(f"there is no run {run_id!r}: the page Work lists the latest")
    return page(
        request,
        "work_run.html",
        run=found[0],
        groups=telling.groups_of(found[0].outcomes or ()),
        telling=telling,
    )


def _letter(request: Request, inbox: TheInbox, letter_id: str) -> Response:
    found = inbox.letters.letter(letter_id)
    message = read_push((found.body or "").encode())
    inner = None if isinstance(message, Unreadable) else message.envelope.data().decode()
    return page(request, "work_letter.html", letter=found, inner=inner)


def _tables(office: Office) -> dict[str, list[str]]:
    """By layer, those of the API's default first."""
    found: dict[str, list[str]] = {
        Layer.PRECOMPUTE: [],
        Layer.PREDICTIONS: [],
        Layer.ANALYTICS: [],
    }
    for one in office.pipeline.registry:
        found[one.contract.layer].append(one.table)
    return found
