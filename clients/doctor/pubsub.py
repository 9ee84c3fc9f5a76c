"""A subscription as Pub/Sub's REST API says it is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clients.doctor.finding import Finding, failed, undetermined
from clients.identity.token import quoted
from processors.errors import UsageError

if TYPE_CHECKING:
    from google.auth.transport.requests import AuthorizedSession

NAME = "subscription"
LOOK = "roles/pubsub.viewer on the subscription"
EMULATOR = "PUBSUB_EMULATOR_HOST"
GOOGLE = "https://pubsub.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/pubsub"
SECONDS = 30.0
PATH = re.compile(r"projects/[^/\s]+/subscriptions/[^/\s]+")
ALONE = re.compile(r"[A-Za-z][\w.~+%-]{2,254}")

Subscription = Mapping[str, Any]


def path_of(subscription: str, project: str | None) -> str:
    """`projects/P/subscriptions/S`, of which the last part may be said alone."""
    if PATH.fullmatch(subscription):
        return subscription
    if not ALONE.fullmatch(subscription) or not project:
        raise UsageError(
            f"{subscription!r} names no subscription: write projects/PROJECT/subscriptions/NAME"
        )
    return f"projects/{project}/subscriptions/{subscription}"


def read_subscription(path: str) -> Subscription | Finding:
    """Or why it can't be told, and never with a token in it."""
    from google.auth.exceptions import GoogleAuthError
    from requests.exceptions import RequestException

    emulator = os.environ.get(EMULATOR)
    try:
        with _session(emulator) as session:
            base = f"http://{emulator}" if emulator else GOOGLE
            answer = session.get(f"{base}/v1/{path}", timeout=SECONDS)
    except (GoogleAuthError, RequestException) as error:
        # Not their words: they may hold more than the name of an error.
        return undetermined(NAME, f"Pub/Sub can't be asked ({type(error).__name__})", "try again")
    match answer.status_code:
        case 200:
            return _read(answer.text)
        case 404:
            return failed(NAME, f"there is no {path}", "docs/push.md makes it")
        case 403:
            says = f"{path} may not be looked up by this account: {_words(answer.text)}"
            return failed(NAME, says, f"give the account {LOOK}")
        case code:
            return undetermined(NAME, f"Pub/Sub answers {code}: {_words(answer.text)}", "try again")


def _read(text: str) -> Subscription | Finding:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and "name" in found:
        return found
    return failed(NAME, "what answers is not Pub/Sub", f"is {EMULATOR} meant to be set?")


def _session(emulator: str | None) -> AuthorizedSession:
    import google.auth
    from google.auth.credentials import AnonymousCredentials
    from google.auth.transport.requests import AuthorizedSession

    # Google's libraries have no hints for these.
    anonymous: Any = AnonymousCredentials
    session: Any = AuthorizedSession
    credentials = anonymous() if emulator else google.auth.default(scopes=[SCOPE])[0]
    opened: AuthorizedSession = session(credentials)
    return opened


def _words(text: str) -> str:
    """Google's, from the body of a refusal."""
    found = re.search(r'"message":\s*"([^"]*)"', text)
    return quoted(found[1] if found else text)
