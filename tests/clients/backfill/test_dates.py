"""Asked dates: ascending, each once, and everything malformed refused at once by its number."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clients.backfill.dates import asked_dates
from processors.errors import UsageError


def ask(**said: object) -> tuple[date, ...]:
    given = {"start": None, "end": None, "dates": None, "file": None, **said}
    return asked_dates(**given)


def test_a_range() -> None:
    days = ask(start="2024-02-28", end="2024-03-01")
    assert days == (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1))
    assert ask(start="2024-02-28") == (date(2024, 2, 28),)


def test_sorted_and_each_once(tmp_path: Path) -> None:
    file = tmp_path / "dates.csv"
    file.write_bytes(
        b"\xef\xbb\xbfgame, Date\r\nb,2026-01-03\r\n\r\na,2026-01-01\r\nb,2026-01-03\r\n"
    )
    days = (date(2026, 1, 1), date(2026, 1, 3))
    assert ask(file=file) == days
    assert ask(dates="2026-01-03, 2026-01-01,2026-01-03") == days


def test_malformed_lines_are_named_all_at_once(tmp_path: Path) -> None:
    file = tmp_path / "dates.csv"
    file.write_text("a,date\nx,2026-01-01\nx,2026-02-30\nx\n\nx,11/18/2024\n")
    with pytest.raises(UsageError) as refused:
        ask(file=file)
    message = refused.value.message
    assert "holds 3 that are no dates" in message
    for part in ("line 3: '2026-02-30'", "line 4: ''", "line 6: '11/18/2024'", "2024-11-18"):
        assert part in message
    with pytest.raises(UsageError, match=r"date 2: 'x' .*\ndate 3: ''"):
        ask(dates="2026-01-01,x,")


def test_many_malformed_lines_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "dates.csv"
    file.write_text("date\n" + "x\n" * 33)
    with pytest.raises(UsageError, match=r"(?s)holds 33 .*… and 13 more"):
        ask(file=file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("day\n2026-01-01\n", "has no column 'date': its first line names day"),
        ("", "names nothing"),
        ("date\n", "holds no date"),
        ("date\n\xff", "can't be read"),
    ],
)
def test_files_that_are_none(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "dates.csv"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(UsageError, match=said):
        ask(file=file)
    with pytest.raises(UsageError, match="can't be read"):
        ask(file=tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "say which dates in one way"),
        ({"start": "2026-01-01", "dates": "2026-01-01"}, "not --start and --dates"),
        ({"dates": "2026-01-01", "end": "2026-01-01"}, "--end belongs to --start"),
        ({"start": "2026-01-02", "end": "2026-01-01"}, "ends on 2026-01-01, before"),
        ({"start": "2000-01-01", "end": "2026-01-01"}, "more than ten years"),
    ],
)
def test_ways_that_contradict(given: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ask(**given)
