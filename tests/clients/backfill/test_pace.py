"""The pace, with a clock of its own: from start to start, between bounds, and held."""

from __future__ import annotations

import asyncio
import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clients.backfill.gate import Gate
from clients.backfill.pace import LONGEST_HOLD, Pace


def test_from_start_to_start() -> None:
    """How long a request takes doesn't matter."""
    pace = Pace(rate=4, most=8, first=8)
    assert pace.wait(10) == 0
    pace.start(10)
    assert pace.wait(10.1) == 10.25 - 10.1
    pace.start(12)
    assert pace.wait(12.1) == 12.25 - 12.1, "time that went by is not saved up"


def test_grows_on_success_and_stays_below_the_most() -> None:
    pace = Pace(rate=1, most=4)
    assert pace.allowed == 2
    seen = []
    for _ in range(20):
        pace.went_well()
        seen.append(pace.allowed)
    assert seen == sorted(seen)
    assert seen[1] == 2
    assert seen[2] == 3, "one more after as many successes as are allowed"
    assert seen[-1] == 4


def test_halves_once_for_all_that_had_started() -> None:
    pace = Pace(rate=1, most=8, first=8)
    pace.pressed(5, started=1)
    pace.pressed(6, started=2)
    assert pace.allowed == 4
    pace.pressed(7, started=5.5)
    assert pace.allowed == 2
    for moment in (8, 9, 10):
        pace.pressed(moment, started=moment)
    assert pace.allowed == 1


def test_waits_for_one_to_end_and_as_told() -> None:
    pace = Pace(rate=100, most=1)
    pace.start(0)
    assert pace.wait(5) == math.inf
    pace.end()
    assert pace.wait(5) == 0
    pace.pressed(5, started=5, retry_after=20)
    pace.pressed(6, started=5, retry_after=3)
    assert pace.wait(10) == 15
    pace.pressed(10, started=10, retry_after=36000)
    assert pace.wait(10) == LONGEST_HOLD


@given(
    most=st.integers(1, 9),
    rate=st.floats(0.1, 50),
    events=st.lists(st.sampled_from(["start", "end", "well", "pressed"]), max_size=60),
)
def test_never_more_than_told_whatever_happens(most: int, rate: float, events: list[str]) -> None:
    pace, now, starts = Pace(rate=rate, most=most), 0.0, []
    for event in events:
        if event == "start" and (wait := pace.wait(now)) < math.inf:
            now += wait
            pace.start(now)
            starts.append(now)
        elif event == "end" and pace.in_flight:
            pace.end()
        elif event == "well":
            pace.went_well()
        elif event == "pressed":
            pace.pressed(now, started=now)
        assert 0 <= pace.in_flight <= most
        assert 1 <= pace.allowed <= most
    assert all(b - a >= 1 / rate - 1e-9 for a, b in pairwise(starts))


def test_the_gate_keeps_it() -> None:
    """Real time, many tasks: the starts keep their distance, and never too many are inside."""
    pace, starts, inside, most = Pace(rate=100, most=3, first=3), [], 0, 0

    async def pass_through(gate: Gate) -> None:
        nonlocal inside, most
        async with gate.turn():
            starts.append(gate.clock())
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.05)
            inside -= 1

    async def all_of_them() -> None:
        gate = Gate(pace)
        await asyncio.gather(*(pass_through(gate) for _ in range(9)))

    asyncio.run(all_of_them())
    assert most == 3
    assert len(starts) == 9
    assert all(b - a >= 0.0099 for a, b in pairwise(starts))
