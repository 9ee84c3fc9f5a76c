"""The lane: one at a time, in the order of coming."""

from __future__ import annotations

import threading
import time

import pytest

from warehouse.lane import Lane


def wait_for(lane: Lane, waiting: int) -> None:
    while lane.waiting < waiting:
        time.sleep(0.001)


def test_in_the_order_of_coming():
    lane, order = Lane(), []

    def go(number: int) -> None:
        with lane:
            order.append(number)

    with lane:
        threads = []
        for number in range(5):
            threads.append(threading.Thread(target=go, args=(number,)))
            threads[-1].start()
            wait_for(lane, number + 1)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]
    assert lane.waiting == 0


def test_who_gives_it_up_and_asks_again_comes_last():
    lane, order = Lane(), []

    def go() -> None:
        with lane:
            order.append("other")

    with lane:
        other = threading.Thread(target=go)
        other.start()
        wait_for(lane, 1)
    with lane:
        order.append("again")
    other.join()
    assert order == ["other", "again"]


def test_one_at_a_time():
    lane, inside, most = Lane(), 0, 0

    def go() -> None:
        nonlocal inside, most
        for _ in range(200):
            with lane:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, inside, lane.waiting) == (1, 0, 0)


def test_an_error_frees_it():
    lane = Lane()
    with pytest.raises(ZeroDivisionError), lane:
        raise ZeroDivisionError
    with lane:
        assert lane.waiting == 0
