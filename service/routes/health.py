"""What anybody may ask: whether it lives, whether it can work, what it is."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Iterable
from importlib.metadata import version as installed

from fastapi import APIRouter, Response

from pipeline.clock import wall_clock
from processors.contract import Contract
from processors.errors import TipoffError
from service.models.answers import Ready, Version
from service.observing.logs import tell
from service.office import Office, TheOffice

router = APIRouter(tags=["itself"])
LIVING = "SELECT COUNT(*) FROM `nba_ops.runs` WHERE recorded_at >= @since"
HOLDS = 60.0
"""Seconds."""
STOPPING = "the service is stopping"
AS_CONTRACTED = "as the contracts say"
REVISION = "K_REVISION"
"""Set by Cloud Run."""


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """It lives. Says nothing of the warehouse."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"model": Ready}})
def readyz(office: TheOffice, response: Response) -> Ready:
    """Whether the warehouse answers and its tables are as the contracts say."""
    reason = _still_unready(office)
    if reason:
        response.status_code = 503
    return Ready(ready=reason is None, reason=reason)


@router.get("/version")
def version(office: TheOffice) -> Version:
    """What runs here: code, build, engine, logic of each table, settings."""
    contracts = office.pipeline.registry.contracts.values()
    return Version(
        version=installed("tipoff"),
        commit=office.settings.commit,
        built_at=office.settings.built_at,
        revision=os.environ.get(REVISION),
        engine=office.pipeline.warehouse.engine,
        schema_state=f"{_schema_state(office)} ({columns_fingerprint(contracts)})",
        logic_versions={one.table: one.logic_version for one in office.pipeline.registry},
        settings=dict(office.settings.shown()),
    )


def _still_unready(office: Office) -> str | None:
    """A warehouse that others share is asked over the network and for money: a good answer holds
    for a while there, a bad one never."""
    if office.stopping.is_set():
        return STOPPING
    if time.monotonic() < office.ready_until:
        return None
    reason = _unready(office)
    if reason is None and office.pipeline.warehouse.is_shared:
        office.ready_until = time.monotonic() + HOLDS
    return reason


def _unready(office: Office) -> str | None:
    try:
        office.pipeline.warehouse.rows(LIVING, since=wall_clock())
    except TipoffError as error:
        tell(logging.ERROR, f"not ready: {error.message}")
        return error.code
    state = _schema_state(office)
    return None if state == AS_CONTRACTED else f"the schema {state}"


def _schema_state(office: Office) -> str:
    """Which of our tables differ; how is for the log: names of columns may be somebody's own."""
    contracts = list(office.pipeline.registry.contracts.values())
    try:
        found = office.pipeline.warehouse.differences(contracts)
    except TipoffError as error:
        tell(logging.ERROR, f"the schema can't be read: {error.message}")
        return f"can't be read: {error.code}"
    if not found:
        return AS_CONTRACTED
    lines = [str(one) for several in found.values() for one in several]
    tell(logging.ERROR, "the schema differs from the contracts: " + "; ".join(lines))
    return f"differs from the contracts in {', '.join(found)}: a restart adds what is missing"


def columns_fingerprint(contracts: Iterable[Contract]) -> str:
    """Of every column that the contracts declare: equal where two services want equal tables."""
    declared = sorted(
        f"{contract.table}.{column.name} {column.type.value}"
        for contract in contracts
        for column in contract.stored_columns
    )
    return hashlib.sha256("\n".join(declared).encode()).hexdigest()[:12]
