"""Faults that a test plants: requests that fail, come late or lose their line; jobs that stay."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from tests.bigquery.errors import STATUSES, ApiError
from tests.bigquery.jobs import RUNNING, Job


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which requests are meant; None is any. `route` is as in `Counted.route`."""

    method: str | None = None
    route: str | None = None
    kind: str | None = None

    def fits(self, method: str, route: str, kind: str | None) -> bool:
        asked = ((self.method, method), (self.route, route), (self.kind, kind))
        return all(wanted in (None, given) for wanted, given in asked)


@dataclass(kw_only=True)
class Fault:
    """What happens to the n-th request that fits, and to those after it, as often as said."""

    match: Match
    nth: int = 1
    times: int = 1
    after: bool = False
    """Once the work has been done: the client doesn't learn of it."""
    error: ApiError | None = None
    reset: bool = False
    seconds: float = 0
    seen: int = 0

    def strikes(self, method: str, route: str, kind: str | None) -> bool:
        if not self.match.fits(method, route, kind):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


@dataclass(kw_only=True)
class Hold:
    """A job that stays as it is until it is released, or for so many seconds."""

    kind: str | None
    state: str
    seconds: float | None
    job_id: str = ""
    """What its id begins with."""
    released: threading.Event = field(default_factory=threading.Event)
    taken: threading.Event = field(default_factory=threading.Event)
    """Set once a job is held."""

    def release(self) -> None:
        self.released.set()


class Faults:
    """Planted by the test's thread, met by the server's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._holds: list[Hold] = []

    def answer(
        self,
        reason: str,
        message: str = "planted by a test",
        *,
        status: int | None = None,
        after: bool = False,
        nth: int = 1,
        times: int = 1,
        **match: str | None,
    ) -> Fault:
        """403 rateLimitExceeded, 403 quotaExceeded, 503 backendError and so on."""
        error = ApiError(reason, message, status=status or STATUSES.get(reason, 400))
        return self._planted(
            Fault(match=Match(**match), error=error, after=after, nth=nth, times=times)
        )

    def reset(
        self, *, after: bool = False, nth: int = 1, times: int = 1, **match: str | None
    ) -> Fault:
        """The connection breaks, before or after the work was done."""
        return self._planted(
            Fault(match=Match(**match), reset=True, after=after, nth=nth, times=times)
        )

    def delay(
        self,
        seconds: float,
        *,
        after: bool = False,
        nth: int = 1,
        times: int = 1,
        **match: str | None,
    ) -> Fault:
        return self._planted(
            Fault(match=Match(**match), seconds=seconds, after=after, nth=nth, times=times)
        )

    def hold(
        self,
        *,
        kind: str | None = None,
        job_id: str = "",
        state: str = RUNNING,
        seconds: float | None = None,
    ) -> Hold:
        """The next job that fits stays PENDING or RUNNING; its work comes afterwards."""
        hold = Hold(kind=kind, job_id=job_id, state=state, seconds=seconds)
        with self._lock:
            self._holds.append(hold)
        return hold

    def clear(self) -> None:
        """As if nothing had been planted; what is held goes on."""
        self.release_all()
        with self._lock:
            self._faults.clear()
            self._holds.clear()

    def release_all(self) -> None:
        for hold in self._holds:
            hold.release()

    def _planted(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def striking(self, method: str, route: str, kind: str | None) -> list[Fault]:
        """What befalls this request."""
        with self._lock:
            return [one for one in self._faults if one.strikes(method, route, kind)]

    def hold_for(self, job: Job) -> Hold | None:
        with self._lock:
            for hold in self._holds:
                fits = hold.kind in (None, job.kind) and job.job_id.startswith(hold.job_id)
                if fits and not hold.taken.is_set():
                    hold.taken.set()
                    return hold
        return None
