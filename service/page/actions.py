"""Actions: each is confirmed in words first, then done by the same functions as the API's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pipeline.clock import today
from pipeline.plan import FORCED, make_request
from pipeline.plan import Request as Asked
from processors.errors import UsageError
from service.answering import plan_of
from service.models.answers import OutcomeOf, Processed, RangeEnd
from service.models.letters import LetterSeen
from service.office import Office, TheOffice
from service.page.foretelling import Foretold, foretell
from service.page.intent import Intent, read_form
from service.page.rendering import PageRoute, page
from service.page.telling import evidence_of, is_undone
from service.push.dependents import landed_table
from service.push.message import Unreadable, read_push
from service.push.working import Worker
from service.ranging import Ranging
from service.routes.process import date_done, range_at_work, request_of
from service.routes.push import TheInbox, replay
from service.routes.schedule import last_days, last_days_at_work

router = APIRouter(include_in_schema=False, route_class=PageRoute)

UNDONE_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of a run or a reconciliation."""

    title: str
    word: str
    code: int
    run_id: str | None
    dates: list[Processed]
    end: RangeEnd | None = None
    """Of many dates."""
    tables: str = ""
    force: bool = False
    last: date | None = None
    """Where to go on to, if it was stopped."""

    @property
    def counts(self) -> Counter[str]:
        return Counter(one.status for each in self.dates for one in each.results)

    @property
    def undone(self) -> list[OutcomeOf]:
        """Of what was asked and of what was done for it."""
        return [
            one for each in self.dates for one in (*each.results, *each.prepared) if is_undone(one)
        ]

    @property
    def published(self) -> int:
        return sum(one.published for one in self.dates)

    @property
    def publish_error(self) -> str | None:
        return next((one.publish_error for one in self.dates if one.publish_error), None)


@router.get("/work/confirm")
def confirm(
    request: Request, intent: Annotated[Intent, Query()], office: TheOffice, inbox: TheInbox
) -> Response:
    """What an action will do, before it is done."""
    asked, letter = None, None
    if intent.action == "replay":
        letter = inbox.letters.letter(intent.letter or "")
        foretold = _of_letter(office, inbox.worker, letter)
    else:
        asked = _asked(office, intent)
        foretold = _foretold(office, [asked])
    return page(
        request,
        "work_confirm.html",
        intent=intent,
        asked=asked,
        letter=letter,
        foretold=foretold,
        forced=FORCED,
    )


@router.post("/work/run")
async def run(request: Request, office: TheOffice) -> Response:
    """One date as `/process-date` does it, more of them as `/process-range`."""
    intent = await read_form(request, "run")
    first, last = intent.span
    if intent.is_one_date:
        answer, code = await date_done(intent.as_date(), office)
        return _shown(
            request,
            Done(
                title=f"Run of {first}",
                word=answer.status,
                code=code,
                run_id=answer.run_id,
                dates=[answer],
            ),
        )
    ranging = await range_at_work(intent.as_range(), office)
    return await _range_done(request, f"Run of {first} to {last}", intent, ranging, last)


@router.post("/work/reconcile")
async def reconcile(request: Request, office: TheOffice) -> Response:
    """The last days and today, as `/reconcile` does them."""
    intent = await read_form(request, "reconcile")
    ranging = await last_days_at_work(intent.as_reconcile(), office)
    title = f"Reconciliation of the last {intent.days} days and today"
    return await _range_done(request, title, intent, ranging, today())


@router.post("/work/replay")
async def replayed(request: Request, office: TheOffice, inbox: TheInbox) -> Response:
    """A dead letter, as `/dead-letters/{letter_id}/replay` does it."""
    intent = await read_form(request, "replay")
    answer = await replay(intent.letter or "", inbox, office)
    return page(request, "work_replayed.html", answer=answer)


async def _range_done(
    request: Request, title: str, intent: Intent, ranging: Ranging, last: date
) -> Response:
    # The last line sums up, and is `end`.
    *lines, _ = [line async for line in ranging.lines()]
    return _shown(
        request,
        Done(
            title=title,
            word=ranging.end.status,
            code=ranging.http_status,
            run_id=ranging.end.run_id or None,
            dates=[Processed.model_validate_json(line) for line in lines],
            end=ranging.end,
            tables=",".join(intent.names),
            force=intent.force,
            last=last,
        ),
    )


def _shown(request: Request, done: Done) -> Response:
    return page(
        request,
        "work_done.html",
        code=done.code,
        done=done,
        undone=done.undone,
        most=UNDONE_SHOWN,
        evidence_of=evidence_of,
    )


def _asked(office: Office, intent: Intent) -> Asked:
    """The request that the action would make."""
    if intent.action == "reconcile":
        return last_days(intent.as_reconcile(), office)
    if intent.is_one_date:
        return request_of(intent.as_date(), office, days=[intent.span[0]])
    asked = intent.as_range()
    return request_of(asked, office, start=asked.start, end=asked.end)


def _foretold(office: Office, requests: list[Asked]) -> Foretold:
    return foretell(
        [plan_of(office.pipeline.plan(one)) for one in requests],
        force=any(one.force for one in requests),
        topic=office.settings.completion_topic,
        placeholders=office.settings.bootstrap_placeholders,
    )


def _of_letter(office: Office, worker: Worker, letter: LetterSeen) -> Foretold:
    """What its message would come to if it came now."""
    message = read_push((letter.body or "").encode())
    if isinstance(message, Unreadable):
        return _nothing(f"As before: {message.fault}")
    registry = office.pipeline.registry
    try:
        table = landed_table(message.landed.source_table, registry)
    except UsageError as error:
        return _nothing(f"The message can't be worked on: {error.message}")
    if not message.landed.success:
        return _nothing(f"The sender says that {table} didn't land: nothing is computed")
    slates = worker.slates(table, message)
    if not slates:
        return _nothing(f"Nothing that is computed here reads {table}")
    requests = [
        make_request(registry, tables=one.tables, days=[one.day], prepare=worker.owns_analytics)
        for one in slates
    ]
    return _foretold(office, requests)


def _nothing(why: str) -> Foretold:
    return Foretold(sentences=(f"{why}. A replay computes nothing now.",))
