"""Admission: who asks is checked before anything of what is asked is read."""

from __future__ import annotations

from collections.abc import Callable

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from processors.errors import TipoffError
from service.auth.browser import check_browser
from service.auth.modes import Caller
from service.office import Office

PUBLIC = frozenset({"/healthz", "/readyz", "/version"})
HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


class Admission:
    """Before every address but the public ones, also before those that don't exist."""

    def __init__(
        self, app: ASGIApp, *, office: Office, refusal: Callable[[TipoffError], Response]
    ) -> None:
        self.app = app
        self._office = office
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in PUBLIC:
            try:
                # In a thread: the certificates may have to be fetched.
                caller = await to_thread.run_sync(
                    self._check, scope["method"], Headers(scope=scope)
                )
            except TipoffError as error:
                await self._refusal(error)(scope, receive, send)
                return
            scope.setdefault("state", {})["caller"] = caller
        await self.app(scope, receive, send)

    def _check(self, method: str, headers: Headers) -> Caller:
        caller = self._office.guard.check(headers)
        if method not in HARMLESS:
            check_browser(headers, allowed_hosts=self._office.hosts)
        return caller
