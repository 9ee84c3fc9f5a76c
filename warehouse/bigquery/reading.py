"""Users' own queries on BigQuery: their own text, read-only, our tables only."""

from __future__ import annotations

import time
from collections.abc import Collection

from processors.errors import QueryRefused, WarehouseFailed, WarehouseTransient
from warehouse.bigquery.failures import STOPPED
from warehouse.bigquery.jobs import Foretold, Jobs
from warehouse.bigquery.names import Place
from warehouse.bigquery.request import Request
from warehouse.bigquery.respelling import Respelled, respelled
from warehouse.bigquery.values import UNREADABLE, named
from warehouse.interface import Answer
from warehouse.questions import given_up

LABELS = {"tipoff_query": "user"}
THEIRS = frozenset({"invalid", "invalidQuery", "resourcesExceeded", "responseTooLarge"})
"""Google's reasons that the text can be mended for."""


def read_user_query(
    jobs: Jobs,
    place: Place,
    text: str,
    *,
    limit: int,
    seconds: float,
    maximum_bytes: int | None,
    tables: Collection[str],
) -> Answer:
    """`tables` as they are documented, `nba_raw.schedule`: only those are read."""
    theirs = respelled(text, place, tables)
    request = Request(
        what="the query",
        text=theirs.text,
        labels=LABELS,
        maximum_bytes=maximum_bytes,
        seconds=seconds,
    )
    began = time.monotonic()
    try:
        _check(jobs.foretold(request), theirs)
        return jobs.answer(request, limit)
    except WarehouseTransient as error:
        is_late = time.monotonic() - began >= seconds
        if is_late and error.details.get("reason") in STOPPED:
            raise given_up(seconds) from error
        raise
    except WarehouseFailed as error:
        if error.details.get("reason") in THEIRS:
            raise QueryRefused(theirs.as_written(error.message)) from error
        raise


def _check(foretold: Foretold, theirs: Respelled) -> None:
    """The second look is Google's own: what it would do, and read, for this text."""
    if foretold.kind != "SELECT":
        raise QueryRefused(f"only SELECT can be run here, not {foretold.kind}")
    strangers = sorted(foretold.tables - theirs.tables)
    # Of a view it names the tables that the view reads.
    if strangers and theirs.tables <= foretold.tables:
        raise QueryRefused(f"the query reads {', '.join(strangers)}, which is no table of ours")
    if unreadable := named(foretold.schema, UNREADABLE):
        raise QueryRefused(f"the query gives {unreadable}: CAST it to STRING")
