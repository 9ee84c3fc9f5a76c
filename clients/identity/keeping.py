"""A token kept for many threads: one fetch for all, early enough, and again after a 401."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from clients.identity.token import Token
from processors.errors import IdentityUnavailable, NotAuthenticated

USUAL_LIFE = 3600
EARLY = 600
"""So long before its end a token is fetched anew: an hour's at 50 minutes."""
PAUSE = 10
"""A fetch that failed isn't tried again before: not once a thread, and not once a request."""


class Identity(Protocol):
    """What goes with every request to say who sends it."""

    def headers(self) -> dict[str, str]:
        """To be asked for each request: {} or a token that is good now."""

    def renew(self, refused: Mapping[str, str]) -> None:
        """After a 401 to these headers, the next are others. Where another thread has renewed
        them already, that stands."""


class Nobody:
    """No token is wanted."""

    def headers(self) -> dict[str, str]:
        return {}

    def renew(self, refused: Mapping[str, str]) -> None:
        """There is nothing to renew."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A token, from when until when it is used, and until when it could be."""

    token: Token
    since: float
    fresh_until: float
    good_until: float

    @property
    def header(self) -> str:
        return f"Bearer {self.token.text}"

    def fresh(self, now: float) -> bool:
        return self.since <= now < self.fresh_until

    def good(self, now: float) -> bool:
        return self.since <= now < self.good_until


def held(token: Token, now: float) -> Held:
    """An end that can't be read, or is past by our clock, says nothing: the service judges.

    The metadata server hands out tokens of any age: one that has little left is used for half
    of it, or each request would fetch another.
    """
    left = USUAL_LIFE if token.ends is None or token.ends <= now else token.ends - now
    left = min(left, USUAL_LIFE)
    early = min(EARLY, left / 2)
    return Held(token=token, since=now, fresh_until=now + left - early, good_until=now + left)


class Kept:
    """The identity that a fetched token gives."""

    def __init__(self, fetch: Callable[[], Token], now: Callable[[], float] = time.time) -> None:
        self._fetch, self._now = fetch, now
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._failure: NotAuthenticated | IdentityUnavailable | None = None
        self._failed_at = 0.0

    def headers(self) -> dict[str, str]:
        at_hand = self._held
        if at_hand and at_hand.fresh(self._now()):
            return {"Authorization": at_hand.header}
        with self._lock:
            return {"Authorization": self._anew().header}

    def renew(self, refused: Mapping[str, str]) -> None:
        with self._lock:
            if self._held and self._held.header == refused.get("Authorization"):
                self._held = self._failure = None

    def _anew(self) -> Held:
        """Who waited for the lock finds what the one before him fetched, or why it failed."""
        now = self._now()
        if self._held and self._held.fresh(now):
            return self._held
        if self._failure is None or abs(now - self._failed_at) >= PAUSE:
            self._ask(now)
        if self._held and self._held.good(now):
            return self._held  # its time isn't over: the early fetch may fail a while
        if self._failure is None:  # the fetch took longer than the token lives
            raise IdentityUnavailable("the identity token ended while it was fetched")
        raise type(self._failure)(self._failure.message)

    def _ask(self, now: float) -> None:
        try:
            self._held, self._failure = held(self._fetch(), now), None
        except (NotAuthenticated, IdentityUnavailable) as error:
            self._failure, self._failed_at = error, self._now()
