"""Which failures another try helps, how long the waits are, when the breaker opens."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from clients.backfill.results import Attempt, Ending
from clients.backfill.retrying import Backoff, Breaker, may_have_worked, retry_helps
from pipeline.outcome import Status
from tests.clients.backfill.worlds import DAY, answered, done


@pytest.mark.parametrize(
    ("attempt", "helps"),
    [
        (answered(Status.SUCCESS, Status.UNCHANGED), False),
        (answered(Status.SUCCESS, Status.FAILED, transient=True), True),
        (answered(Status.FAILED), False),
        (answered(Status.REJECTED), False),
        (answered(Status.BLOCKED), False),
        (Attempt(ending=Ending.REFUSED, http_status=429, retryable=True), True),
        (Attempt(ending=Ending.REFUSED, http_status=403), False),
        (Attempt(ending=Ending.GARBLED, http_status=502), True),
        (Attempt(ending=Ending.GARBLED, http_status=200), True),
        (Attempt(ending=Ending.GARBLED, http_status=404), False),
        (Attempt(ending=Ending.BROKE_CONTRACT, http_status=200), False),
        (Attempt(ending=Ending.BROKEN_OFF), True),
        (Attempt(ending=Ending.TIMED_OUT), True),
        (Attempt(ending=Ending.UNREACHABLE), True),
    ],
)
def test_retry_helps(attempt: Attempt, helps: bool) -> None:
    assert retry_helps(attempt) is helps


def test_who_may_have_worked_is_asked_first() -> None:
    asked = {one for one in Ending if may_have_worked(Attempt(ending=one))}
    assert asked == {Ending.TIMED_OUT, Ending.BROKEN_OFF, Ending.GARBLED}


def test_waits_double_with_jitter_up_to_the_longest() -> None:
    backoff = Backoff(first=1, longest=30, random=Random(3))
    for failures, most in ((1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (40, 30)):
        pauses = [backoff.pause(failures) for _ in range(200)]
        assert most / 2 <= min(pauses) < 0.6 * most
        assert 0.9 * most < max(pauses) <= most


def failure(number: int) -> Attempt:
    return Attempt(ending=Ending.REFUSED, message=f"403 not_allowed: try {number}")


def test_five_alike_in_a_row_open_the_breaker() -> None:
    breaker = Breaker()
    for number in range(5):
        assert breaker.reason is None
        breaker.told(done(failure(number), DAY + timedelta(number)))
    assert breaker.reason == "5 dates in a row failed alike: refused: 403 not_allowed: try 4"


@pytest.mark.parametrize(
    "between",
    [
        answered(Status.SUCCESS, Status.SUCCESS),
        answered(Status.BLOCKED),
        Attempt(ending=Ending.TIMED_OUT, message="nothing came"),
    ],
)
def test_what_differs_begins_the_count_anew(between: Attempt) -> None:
    breaker = Breaker()
    for attempt in [failure(0)] * 4 + [between] + [failure(0)] * 4:
        breaker.told(done(attempt))
        assert breaker.reason is None


def test_blocked_dates_never_open_it() -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker.told(done(answered(Status.BLOCKED)))
    assert breaker.reason is None
