"""Outermost: each request is timed, has its place in the logs, and never ends without an answer."""

from __future__ import annotations

import logging
import time
from http import HTTPMethod

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from processors.errors import TipoffError
from service.models.answers import Error
from service.observing.at_hand import AT_HAND, AtHand, trace_of
from service.observing.logs import tell
from service.observing.metrics import Metrics

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"
GONE = 499
"""What is noted where no answer was begun: the caller went away, or the service ended first."""
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds: heard only where they go wrong, or at DEBUG."""
NO_ROUTE = "none"
"""An address that isn't there. Addresses themselves are never kept: anyone can make up more."""


class Requests:
    """Around everything else that is ours."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        at_hand = AtHand(trace=state.get("trace") or trace_of(Headers(scope=scope)))
        status: int | None = None

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = at_hand.request_id
            await send(message)

        begun = time.perf_counter()
        token = AT_HAND.set(at_hand)
        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            # The one place that takes whatever comes: behind it is only the wire.
            log.exception("unexpected %s", type(error).__name__)
            if status is None:
                await _unexpected(at_hand)(scope, receive, noted)
        finally:
            self._told(scope, status or GONE, time.perf_counter() - begun)
            AT_HAND.reset(token)

    def _told(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", NO_ROUTE)
        method = scope["method"] if scope["method"] in HTTPMethod.__members__ else "other"
        caller = scope["state"].get("caller")
        self._metrics.answered(method, route, status, seconds)
        tell(
            _level(route, status),
            f"{method} {route} {status}",
            method=method,
            route=route,
            status=status,
            duration_ms=round(1000 * seconds, 1),
            caller=caller.email if caller else None,
        )


def _level(route: str, status: int) -> int:
    if status >= 500:
        return logging.WARNING
    return logging.DEBUG if route in PROBES and status < 400 else logging.INFO


def _unexpected(at_hand: AtHand) -> JSONResponse:
    """Of what went wrong nothing is said: it may be anything. The log has it, under this id."""
    body = Error(
        error=TipoffError.code,
        message=f"a fault of ours; the log has it as request_id {at_hand.request_id}",
        retryable=False,
        details={"request_id": at_hand.request_id},
    )
    return JSONResponse(body.model_dump(mode="json"), TipoffError.http_status)
