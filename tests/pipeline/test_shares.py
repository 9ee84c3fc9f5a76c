"""The shares of a rebuild's tasks: together the range, no date twice, no season cut in two."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calendar import Calendar, make_calendar
from pipeline.shares import Task, task_from
from processors.errors import UsageError

STARTS = {2021: date(2021, 10, 19), 2022: date(2022, 10, 18), 2023: date(2023, 10, 24)}
START, END = date(2021, 10, 1), date(2024, 6, 30)


def calendar() -> Calendar:
    return make_calendar((year, day, "regular", 5, 5) for year, day in STARTS.items())


def shares(count: int) -> list[tuple[date, date] | None]:
    return [Task(index, count).share(calendar(), START, END) for index in range(count)]


@given(st.integers(1, 9))
def test_every_date_is_in_one_share(count: int) -> None:
    found = [one for one in shares(count) if one is not None]
    assert (found[0][0], found[-1][1]) == (START, END)
    for (_, last), (first, _) in pairwise(found):
        assert first - last == timedelta(days=1)
        assert first in STARTS.values()


def test_a_task_has_seasons_in_a_row() -> None:
    """What stands before the first season begins goes with it."""
    assert shares(2) == [
        (START, date(2022, 10, 17)),
        (date(2022, 10, 18), END),
    ]


def test_more_tasks_than_seasons() -> None:
    assert [one is not None for one in shares(8)].count(True) == 3


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "CLOUD_RUN_TASK_INDEX and CLOUD_RUN_TASK_COUNT"),
        (
            {"CLOUD_RUN_TASK_INDEX": "x", "CLOUD_RUN_TASK_COUNT": "2"},
            "is for a Cloud Run job",
        ),
        ({"CLOUD_RUN_TASK_INDEX": "2", "CLOUD_RUN_TASK_COUNT": "2"}, "is no task of"),
    ],
)
def test_which_task_it_is_must_be_said(said: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        task_from(said)
