"""`GET /metrics`: for Prometheus, and for whoever else may come in."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from service.office import TheOffice

router = APIRouter(tags=["itself"])


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(office: TheOffice) -> Response:
    """Counters and gauges; it waits for no run."""
    return Response(office.metrics.page(), media_type=CONTENT_TYPE_LATEST)
