"""Asking a service of this machine over HTTP: no proxy, and an end to every wait."""

from __future__ import annotations

import json
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

from pydantic import ValidationError

from processors.errors import NotAllowed, NotAuthenticated, OwnerFailed, TipoffError
from service.models.answers import Error

JSON = {"Content-Type": "application/json"}
UNPROVEN = "A command sends none: stop the service, or ask it as docs/authentication.md says."


@dataclass(frozen=True)
class Door:
    """Where a service listens."""

    url: str

    def get(self, path: str, asked: Mapping[str, Any], *, seconds: float) -> bytes:
        with self._answer("GET", f"{path}?{urlencode(asked)}", None, seconds) as answer:
            return answer.read()

    def post(
        self, path: str, asked: Mapping[str, Any], *, seconds: float, even: Collection[int] = ()
    ) -> bytes:
        """`even` under these codes the body is an answer, and not only where all went well."""
        with self._answer("POST", path, asked, seconds, even) as answer:
            return answer.read()

    def lines(self, path: str, asked: Mapping[str, Any], *, seconds: float) -> Generator[bytes]:
        """As they come; so many seconds are for one of them."""
        with self._answer("POST", path, asked, seconds) as answer:
            yield from answer

    @contextmanager
    def _answer(
        self,
        method: str,
        path: str,
        asked: Mapping[str, Any] | None,
        seconds: float,
        even: Collection[int] = (),
    ) -> Iterator[HTTPResponse]:
        where = urlsplit(self.url)
        connection = HTTPConnection(where.hostname or "", where.port, timeout=seconds)
        try:
            body = None if asked is None else json.dumps(asked)
            connection.request(method, path, body, JSON if body else {})
            answer = connection.getresponse()
            if answer.status >= 400 and answer.status not in even:
                raise refusal(self.url, answer.status, answer.read())
            yield answer
        except ConnectionRefusedError as error:
            raise OwnerFailed(f"Nothing answers at {self.url}.") from error
        except TimeoutError as error:
            raise OwnerFailed(f"{self.url} didn't answer within {seconds:g} s.") from error
        except (OSError, HTTPException) as error:
            raise OwnerFailed(f"{self.url} broke off ({type(error).__name__}).") from error
        finally:
            connection.close()


def refusal(url: str, status: int, body: bytes) -> TipoffError:
    """The service's error as it would be here."""
    try:
        said = Error.model_validate_json(body)
    except ValidationError:
        return OwnerFailed(f"{url} answered {status}, and not as a service of ours does.")
    kind = _kinds(TipoffError).get(said.error, OwnerFailed)
    if kind in (NotAuthenticated, NotAllowed):
        return kind(f"{said.message.rstrip('.')}. {UNPROVEN}", **said.details)
    return kind(said.message, **said.details)


def _kinds(kind: type[TipoffError]) -> dict[str, type[TipoffError]]:
    """The whole tree, by code."""
    below = {code: one for child in kind.__subclasses__() for code, one in _kinds(child).items()}
    return {kind.code: kind} | below
