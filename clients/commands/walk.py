"""`tipoff predict --walk`: what a backtest's walk said, kept and published as backfilled."""

from __future__ import annotations

from contextlib import closing

from clients.commands.models import HOME
from clients.commands.run import as_plain, show
from clients.in_place import InPlace
from clients.options import opened
from clients.printing import put_json, say
from modeling.walkforward import Span
from modeling.walking import keep_walk
from pipeline.clock import now
from pipeline.days import parse_day
from service.models.requests import ProcessRange
from service.settings import Settings


def walk_said(
    name: str, start: str, end: str, settings: Settings, wait: float, *, json: bool
) -> int:
    """In place: no service may hold the warehouse, as when backtests read it."""
    asked = Span(first=parse_day(start), last=parse_day(end))
    with closing(InPlace(opened(settings, wait), settings)) as here:
        spoken = keep_walk(here.pipeline, settings.models_home or HOME, name, asked, moment=now())
        for line in spoken.lines:
            say(line)
        ran = here.run(
            ProcessRange(start=spoken.days[0], end=spoken.days[-1], processors=["predictions"])
        )
    if json:
        put_json({**as_plain(ran), "days": len(spoken.days), "spoken": spoken.as_plain()})
    else:
        show(ran)
    return ran.exit_code or spoken.overall.exit_code
