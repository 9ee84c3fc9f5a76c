"""A rebuild that several tasks share: each has whole seasons, one after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.calendar import Calendar
from processors.errors import UsageError

INDEX, COUNT = "CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT"


@dataclass(frozen=True)
class Task:
    """One of so many, from 0 on, as Cloud Run numbers the tasks of a job."""

    index: int
    count: int

    def share(self, calendar: Calendar, start: date, end: date) -> tuple[date, date] | None:
        """First and last of its dates; all shares together are the range, each date in one of
        them. None where there are more tasks than seasons."""
        played = [one for one in calendar.seasons if one.start <= end and one.last >= start]
        starts = [start, *(one.start for one in played[1:])]
        first = self.index * len(starts) // self.count
        beyond = (self.index + 1) * len(starts) // self.count
        if first == beyond:
            return None
        last = starts[beyond] - timedelta(days=1) if beyond < len(starts) else end
        return starts[first], last


def task_from(environment: Mapping[str, str]) -> Task:
    """As Cloud Run says it to a job's task."""
    said = {name: environment.get(name, "") for name in (INDEX, COUNT)}
    if not all(value.isdecimal() for value in said.values()):
        raise UsageError(f"--by-task is for a Cloud Run job: {INDEX} and {COUNT} say its task")
    task = Task(int(said[INDEX]), int(said[COUNT]))
    if task.index >= task.count:
        raise UsageError(f"{INDEX}={task.index} is no task of {COUNT}={task.count}")
    return task
