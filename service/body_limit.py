"""A body larger than what is allowed is refused before it is held whole."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Counts what arrives; where the length is declared, the first piece is enough. Addresses that
    have to take more are named with how much."""

    def __init__(self, app: ASGIApp, *, most: int, more: Mapping[str, int]) -> None:
        self.app = app
        self.most = most
        self.more = more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        declared = dict(scope.get("headers", ())).get(b"content-length", b"")
        most = max(self.most, self.more.get(scope.get("path", ""), 0))
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if max(seen, int(declared) if declared.isdigit() else 0) > most:
                raise HTTPException(413, f"the body is larger than {most} bytes")
            return message

        await self.app(scope, counted, send)
