"""The issuer's certificates: fetched when needed, kept as long as their sender allows."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from processors.errors import IdentityUnavailable

if TYPE_CHECKING:
    from google.auth.crypt import RSAVerifier

FETCH_SECONDS = 5.0
PAUSE_SECONDS = 10
SHORTEST_STAY, USUAL_STAY, LONGEST_STAY = 60, 3600, 86400

MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])")


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What the issuer answered: certificates in PEM by key id, and for how many seconds."""

    certificates: Mapping[str, str]
    stay: int = USUAL_STAY


FetchCerts = Callable[[str], Fetched]


def fetch_certs(url: str) -> Fetched:
    """From the issuer, by google-auth's transport."""
    # Here and below, so that a door in another mode doesn't pay for them when it starts.
    from google.auth.exceptions import TransportError
    from google.auth.transport.requests import Request

    try:
        answer = Request()(url, timeout=FETCH_SECONDS, allow_redirects=False)
        status, headers, content = answer.status, answer.headers, answer.data
    except TransportError as error:
        raise _unavailable(url, f"no answer ({type(error.__cause__).__name__})") from error
    if status != 200:
        raise _unavailable(url, f"answered {status}")
    try:
        certificates = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unavailable(url, "answered something that isn't JSON") from error
    if not isinstance(certificates, dict) or not all(
        isinstance(one, str) for one in certificates.values()
    ):
        raise _unavailable(url, "answered JSON that isn't {key id: certificate in PEM}")
    said = MAX_AGE.search(headers.get("cache-control", "").lower())
    return Fetched(certificates=certificates, stay=int(said[1]) if said else USUAL_STAY)


@dataclass(frozen=True, kw_only=True)
class Known:
    """The verifiers at hand, and from when until when they are good."""

    verifiers: Mapping[str, RSAVerifier]
    since: float
    until: float

    def good(self, now: float) -> bool:
        return self.since <= now < self.until


class Certificates:
    """The verifier of a key id. One that isn't at hand is asked for, but not all the time.

    Anyone can write a token with a key id of his own: unknown ids lead to one fetch in
    PAUSE_SECONDS, and those whose key is at hand don't wait for it. Nor is a failed fetch tried
    again before.
    """

    def __init__(self, url: str, now: Callable[[], float], fetch: FetchCerts) -> None:
        self._url, self._now, self._fetch = url, now, fetch
        self._lock = threading.Lock()
        self._known = Known(verifiers={}, since=0, until=0)
        self._asked = float("-inf")
        self._failure: str | None = None

    def verifier(self, key_id: str) -> RSAVerifier | None:
        """None where the issuer has no such key; IdentityUnavailable where it can't be told."""
        return self._at_hand(key_id) or self._asked_for(key_id)

    def _at_hand(self, key_id: str) -> RSAVerifier | None:
        known = self._known
        return known.verifiers.get(key_id) if known.good(self._now()) else None

    def _asked_for(self, key_id: str) -> RSAVerifier | None:
        with self._lock:
            if abs(self._now() - self._asked) >= PAUSE_SECONDS:  # a clock can also be set back
                self._renew()
            if self._failure is not None:
                raise IdentityUnavailable(self._failure, url=self._url)
            return self._at_hand(key_id)

    def _renew(self) -> None:
        self._asked = now = self._now()
        try:
            fetched = self._fetch(self._url)
            verifiers = _verifiers(self._url, fetched.certificates)
        except IdentityUnavailable as error:
            self._failure = error.message
            return
        stay = min(max(fetched.stay, SHORTEST_STAY), LONGEST_STAY)
        self._known = Known(verifiers=verifiers, since=now, until=now + stay)
        self._failure = None


def _verifiers(url: str, certificates: Mapping[str, str]) -> Mapping[str, RSAVerifier]:
    from cryptography.x509 import load_pem_x509_certificate
    from google.auth.crypt import RSAVerifier

    try:
        keys = {
            key_id: load_pem_x509_certificate(pem.encode()).public_key()
            for key_id, pem in certificates.items()
        }
        return {key_id: RSAVerifier(key) for key_id, key in keys.items()}  # type: ignore[no-untyped-call]
    except ValueError as error:  # no certificate, or one of another kind of key
        raise _unavailable(url, "answered with what is no certificate of an RSA key") from error


def _unavailable(url: str, what: str) -> IdentityUnavailable:
    return IdentityUnavailable(
        f"the certificates at {url} can't be had: {what}. Nobody can be verified until they can; "
        "send the request again",
        url=url,
    )
