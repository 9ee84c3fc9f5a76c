"""Pages: rendered here, with nothing from elsewhere, and errors as pages too."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from processors.errors import TipoffError, UsageError
from service.faults import faults_of
from service.office import Office
from service.page import assets, words

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Whatever a player's name or an error says, nothing of it runs; nothing is fetched from another
host, nothing is sent to one."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
WORTH_PACKING = 1024

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """What goes wrong on the way to a page is shown as one."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except TipoffError as error:
                return page_of(request, error)
            except RequestValidationError as error:
                faults = faults_of(error.errors(), [])
                return page_of(request, UsageError("; ".join(one.message for one in faults)))

        return shown


def page_of(request: Request, error: TipoffError) -> Response:
    return page(request, "error.html", error=error, code=error.http_status)


def page(request: Request, template: str, *, code: int = 200, **shown: object) -> Response:
    """A whole page; a part of one is what the browser's side picks from it."""
    office = cast(Office, request.app.state.office)
    text = (
        environment()
        .get_template(template)
        .render(
            here=request.url.path,
            code=code,
            warehouse=office.pipeline.warehouse.engine,
            commit=office.settings.commit,
            **shown,
        )
    )
    body, headers = text.encode(), dict(HEADERS)
    if len(body) > WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, compresslevel=5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, code, headers, media_type="text/html; charset=utf-8")


@cache
def environment() -> Environment:
    """Everything that a template shows is text: only a template itself is markup."""
    # Only a page needs it: a service that is asked for work has it never.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"asset": assets.address, "mark": words.mark}
    made.filters |= {"short": words.short}
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return made
