"""A service account's token, by its key file or by leave to act as it; google-auth does it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from clients.identity.how import Address
from clients.identity.token import Lacking, Token, quoted, token_of
from processors.errors import UsageError

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from google.auth.transport import Request, Response

SECONDS, PROBE_SECONDS = 10.0, 1.0
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"


def from_environment(audience: str) -> Token | Lacking:
    path = os.environ.get(VARIABLE)
    if not path:
        return Lacking(kind="absent", why=f"{VARIABLE} isn't set")
    return from_file(path, audience)


def from_file(path: str, audience: str) -> Token | Lacking:
    """A key, or what `gcloud auth application-default login` writes where it impersonates."""
    try:
        info = json.loads(Path(path).expanduser().read_bytes())
    except OSError as error:
        return Lacking(kind="refused", why=f"{path} can't be read ({error.strerror})")
    except ValueError:
        return Lacking(kind="refused", why=f"{path} isn't JSON")
    kind = info.get("type") if isinstance(info, dict) else None
    if kind == "service_account":
        return _fetched(partial(_by_key, info, audience))
    if kind == "impersonated_service_account":
        return _fetched(partial(_by_leave_in_file, info, audience))
    return Lacking(kind="absent", why=f"{path} is no service account's: no other can have a token")


def by_impersonating(account: str, audience: str) -> Token | Lacking:
    return _fetched(partial(_by_leave, account, audience))


def _by_key(info: dict[str, Any], audience: str) -> Credentials:
    from google.oauth2.service_account import IDTokenCredentials

    endpoint = Address.parse(str(info["token_uri"]))
    if not (endpoint.secret or endpoint.local):
        raise ValueError("a token_uri of http")
    return IDTokenCredentials.from_service_account_info(info, target_audience=audience)  # type: ignore[no-any-return,no-untyped-call]


def _by_leave_in_file(info: dict[str, Any], audience: str) -> Credentials:
    from google.auth.impersonated_credentials import Credentials, IDTokenCredentials

    target = Credentials.from_impersonated_service_account_info(info, scopes=SCOPES)  # type: ignore[no-untyped-call]
    return IDTokenCredentials(target, audience, include_email=True)  # type: ignore[no-untyped-call]


def _by_leave(account: str, audience: str) -> Credentials:
    import google.auth
    from google.auth.impersonated_credentials import Credentials, IDTokenCredentials

    own, _ = google.auth.default(SCOPES, request=limited(PROBE_SECONDS))
    target = Credentials(own, account, SCOPES)  # type: ignore[no-untyped-call]
    return IDTokenCredentials(target, audience, include_email=True)  # type: ignore[no-untyped-call]


def _fetched(make: Callable[[], Credentials]) -> Token | Lacking:
    from google.auth import exceptions
    from requests.exceptions import RequestException

    logging.getLogger("google.auth.transport.requests").addFilter(without_traffic)
    try:
        credentials = make()
        credentials.refresh(limited(SECONDS))  # type: ignore[no-untyped-call]
    except (exceptions.TransportError, RequestException) as error:
        what = type(error.__cause__ or error).__name__
        return Lacking(kind="unavailable", why=f"Google can't be asked ({what})")
    except (UsageError, KeyError, TypeError, ValueError) as error:
        what = type(error).__name__  # its text may hold the answer, and that a token
        return Lacking(kind="refused", why=f"its key or Google's answer can't be read ({what})")
    except exceptions.GoogleAuthError as error:
        why = quoted(str(error.args[0]))
        return Lacking(kind="unavailable" if error.retryable else "refused", why=why)
    return token_of(str(credentials.token))


def limited(seconds: float) -> Request:
    """google-auth waits two minutes for an answer, and thrice three seconds for a machine's."""
    from google.auth.transport.requests import Request as Real

    real = Real()

    def request(
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **more: object,
    ) -> Response:
        limit = min(timeout or seconds, seconds)
        return real(url, method, body, headers, limit, **more)  # type: ignore[no-any-return]

    return cast("Request", request)


def without_traffic(record: logging.LogRecord) -> bool:
    """google-auth logs whole requests and answers at DEBUG and hides only some of the tokens."""
    return not (hasattr(record, "httpRequest") or hasattr(record, "httpResponse"))
