"""What an answer is worth: only what the contract allows is believed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from clients.backfill.reading import read_answer, read_run, seconds_to_wait
from clients.backfill.results import Attempt, Ending
from pipeline.outcome import BLOCKED, COMPLETED, FAILED, WITH_FINDINGS, Status
from service.models.answers import RunSeen
from tests.clients.backfill.worlds import CACHE, DAY, STORE, TABLES, done, processed, result


def read(body: object, code: int = 200, **headers: str) -> Attempt:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer(code, headers, content, day=DAY, tables=TABLES)


def test_good_only_where_every_table_is() -> None:
    attempt = read(processed(result(CACHE, "unchanged"), result(STORE)))
    assert attempt.ending is Ending.ANSWERED
    assert done(attempt).word is COMPLETED
    assert done(attempt).failure is None


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        ("partial", 200, WITH_FINDINGS),
        ("blocked", 424, BLOCKED),
        ("rejected", 500, FAILED),
        ("failed", 503, FAILED),
        ("skipped_bootstrap", 200, COMPLETED),
        ("skipped_no_games", 200, COMPLETED),
    ],
)
def test_the_worst_table_decides(status: str, code: int, word: object) -> None:
    found = done(read(processed(result(CACHE), result(STORE, status)), code))
    assert found.word is word
    assert (found.failure is None) == (word is COMPLETED)


def test_the_code_alone_is_not_believed() -> None:
    """A body that says failed under a 200 is a failure."""
    assert done(read(processed(result(CACHE), result(STORE, "failed")))).word is FAILED


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (processed(result(CACHE, rows=0), result(STORE)), f"{CACHE} is success without rows"),
        (processed(result(CACHE), result(STORE, "unchanged", rows=0)), "unchanged without rows"),
        (processed(result(CACHE)), f"nothing is said of {STORE}"),
        (processed(result(CACHE), result(CACHE), result(STORE)), f"{CACHE} is there twice"),
        (processed(result(CACHE), result(STORE), result("x.y")), "nobody asked for x.y"),
        (processed(day=date(2026, 1, 6)), "asked for 2026-01-05, it speaks of 2026-01-06"),
        (
            processed(result(CACHE), result(STORE, day=date(2026, 1, 4))),
            "asked for 2026-01-05, it speaks of 2026-01-04",
        ),
    ],
)
def test_a_broken_contract_is_a_failure(body: dict[str, object], said: str) -> None:
    attempt = read(body)
    assert attempt.ending is Ending.BROKE_CONTRACT
    assert said in attempt.message
    assert done(attempt).word is FAILED


WHOLE = json.dumps(processed()).encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html><h1>Bad Gateway</h1></html>", 502),
        (b"<html>login</html>", 200),
        (WHOLE[: len(WHOLE) // 2], 200),
        (b"", 200),
        (b"\xff\xfe", 200),
        ({"status": "completed"}, 200),
        (processed(result(CACHE, "splendid"), result(STORE)), 200),
        (WHOLE, 302),
    ],
)
def test_what_is_no_answer_of_ours(body: object, code: int) -> None:
    attempt = read(body, code, **{"content-type": "text/html; charset=utf-8"})
    assert (attempt.ending, attempt.http_status) == (Ending.GARBLED, code)
    assert "login" not in attempt.message


def test_refusals_say_whether_to_come_back() -> None:
    body = {"error": "too_busy", "message": "32 wait", "retryable": True}
    attempt = read(body, 429, **{"retry-after": "5"})
    assert (attempt.ending, attempt.retryable, attempt.retry_after) == (Ending.REFUSED, True, 5)
    assert attempt.message == "429 too_busy: 32 wait"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 28),
        ("Wed, 21 Oct 2026 07:27:00 -0000", 0),
        ("soon", None),
        ("", None),
        ("-3", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    now = datetime(2026, 10, 21, 7, 27, 32, tzinfo=UTC)
    assert seconds_to_wait({"retry-after": text}, now) == seconds


def seen(*outcomes: tuple[str, str, int | None]) -> RunSeen:
    return RunSeen.model_validate(
        {
            "run_id": "R1",
            "event": "finished",
            "status": "completed",
            "started_at": "2026-01-06T00:00:00Z",
            "ended_at": "2026-01-06T00:00:01Z",
            "request": {},
            "detail": {},
            "outcomes": [
                {
                    **result(table, status),
                    "rows": rows,
                    "logic_version": None,
                    "evidence": {"rows": 3},
                    "recorded_at": "2026-01-06T00:00:00Z",
                }
                for table, status, rows in outcomes
            ],
        }
    )


def test_a_run_in_the_ledger_that_says_all() -> None:
    run = seen((CACHE, "success", 9), (STORE, "unchanged", None), ("x.prepared", "success", 1))
    attempt = read_run(run, day=DAY, tables=TABLES)
    assert attempt is not None
    assert [(one.table, one.status, one.rows) for one in attempt.said] == [
        (CACHE, Status.SUCCESS, 9),
        (STORE, Status.UNCHANGED, 3),
    ]


@pytest.mark.parametrize(
    "outcomes", [[(CACHE, "success", 9)], [(CACHE, "success", 9), (STORE, "failed", None)], []]
)
def test_a_run_that_doesnt_is_asked_again(outcomes: list[tuple[str, str, int | None]]) -> None:
    assert read_run(seen(*outcomes), day=DAY, tables=TABLES) is None
