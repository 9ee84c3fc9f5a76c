"""What a delivery says is read strictly where it matters; what can't be read says why."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest

from service.push.envelope import MOST_DATA_BYTES
from service.push.message import Message, Unreadable, read_push
from tests.service.push.envelopes import BOXES, SUBSCRIPTION, envelope, landed


def read(said: object) -> Message | Unreadable:
    return read_push(said if isinstance(said, bytes) else json.dumps(said).encode())


def read_well(inner: object, **said: object) -> Message:
    push = read(envelope(inner, **said))
    assert isinstance(push, Message), push
    return push


@pytest.mark.parametrize("spelling", ["messageId", "message_id"])
def test_both_spellings_say_the_same(spelling: str) -> None:
    push = read_well(landed(), message_id="77", spelling=spelling)
    assert push.key == (SUBSCRIPTION, "77")
    assert push.landed.source_table == BOXES
    assert push.landed.day == date(2025, 11, 18)


def test_the_emulator_sends_both_at_once() -> None:
    said = envelope(landed(), message_id="77")
    said["message"]["message_id"] = "77"
    assert read(said).key == (SUBSCRIPTION, "77")


@pytest.mark.parametrize(
    "inner",
    [
        {"source_table": BOXES, "game_date": "2025-11-18"},
        {"source_table": BOXES, "game_date": "2025-11-18", "analysis_date": None},
        {"source_table": BOXES, "game_date": "2025-11-18", "analysis_date": "2025-11-18"},
        {"source_table": BOXES, "analysis_date": "2025-11-18", "rows": 312, "phase": {"n": 2}},
        {"source_table": BOXES, "analysis_date": "2025-11-18", "correlation_id": 17},
    ],
)
def test_users_services_say_it_in_many_ways(inner: dict[str, object]) -> None:
    push = read_well(inner)
    assert push.landed.day == date(2025, 11, 18)
    assert push.landed.success


def test_a_correlation_id_may_stand_in_the_attributes() -> None:
    assert read_well(landed(), attributes={"correlation_id": "c1"}).about["correlation_id"] == "c1"
    both = read_well(landed(correlation_id="c2"), attributes={"correlation_id": "c1"})
    assert both.about["correlation_id"] == "c2"


def test_no_attributes_and_a_delivery_attempt() -> None:
    said = envelope(landed(), deliveryAttempt=4)
    said["message"]["attributes"] = None
    push = read(said)
    assert isinstance(push, Message)
    assert push.envelope.delivery_attempt == 4


UNREADABLE_INSIDE = {
    "no JSON": (b"{'a': 1}", "no JSON"),
    "no UTF-8": (b'{"source_table": "\xff"}', "can't be read"),
    "nothing": (b"", "empty"),
    "half a character": (b'{"source_table": "\\ud800", "game_date": "2025-11-18"}', "no JSON"),
    "an array": (b"[]", "can't be read"),
    "too deep": (b'{"source_table":' + b"[" * 50_000, "can't be read"),
    "too large": (b" " * (MOST_DATA_BYTES + 1), str(MOST_DATA_BYTES + 1)),
    "no table": ({"analysis_date": "2025-11-18"}, "source_table is missing"),
    "an empty table": (landed(""), "source_table"),
    "a number for a table": (landed() | {"source_table": 7}, "source_table"),
    "no date": ({"source_table": BOXES}, "no analysis_date or game_date"),
    "a misspelled date": ({"source_table": BOXES, "anlysis_date": "x"}, "anlysis_date"),
    "a day that isn't": (landed(day="2025-11-31"), "did you mean 2025-11-30"),
    "another order": (landed(day="18.11.2025"), "did you mean 2025-11-18"),
    "a moment": (landed(day="2025-11-18T00:00:00Z"), "did you mean 2025-11-18"),
    "a word": (landed(day="TODAY"), "days later"),
    "a number for a date": (landed() | {"analysis_date": 20251118}, "written as text"),
    "two dates": (landed(game_date="2025-11-17"), "but game_date="),
    "success as text": (landed(success="false"), "success"),
    "success as a number": (landed(success=0), "success"),
}


@pytest.mark.parametrize(
    ("inner", "reason"), UNREADABLE_INSIDE.values(), ids=UNREADABLE_INSIDE.keys()
)
def test_what_can_t_be_read_is_known_by_its_id(inner: object, reason: str) -> None:
    push = read(envelope(inner, message_id="9"))
    assert isinstance(push, Unreadable)
    assert push.key == (SUBSCRIPTION, "9")
    assert reason in push.fault


def with_data(data: object) -> dict[str, object]:
    said = envelope(landed())
    said["message"]["data"] = data
    return said


def without(*path: str) -> dict[str, object]:
    said: dict = envelope(landed())
    inner = said
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return said


UNREADABLE_OUTSIDE = {
    "nothing": (b"", "no JSON"),
    "no JSON": (b"hello", "no JSON"),
    "an inner message alone": (landed(), "message is missing"),
    "no message id": (without("message", "messageId"), "message"),
    "no subscription": (without("subscription"), "subscription is missing"),
    "data that is no text": (with_data(7), "message.data"),
    "a subscription with a line break": (envelope(landed()) | {"subscription": "a\nb"}, "subscr"),
    "an id of zero": (envelope(landed(), message_id="\0"), "messageId"),
}


@pytest.mark.parametrize(
    ("body", "reason"), UNREADABLE_OUTSIDE.values(), ids=UNREADABLE_OUTSIDE.keys()
)
def test_what_is_no_push(body: object, reason: str) -> None:
    push = read(body)
    assert isinstance(push, Unreadable)
    assert push.key is None
    assert reason in push.fault


@pytest.mark.parametrize("data", ["a", "####", "a b=", base64.b64encode(b"{}").decode() + "!"])
def test_no_base64(data: str) -> None:
    push = read(with_data(data))
    assert isinstance(push, Unreadable)
    assert "base64" in push.fault
