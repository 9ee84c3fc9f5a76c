"""Where training rows come from: each partition's fingerprint, its proof, and who audited it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from modeling.joined import LINES, TABLES
from pipeline.audit.verdict import Word
from pipeline.readiness import STORE
from pipeline.run import Pipeline
from pipeline.standing import read_standing
from pipeline.state import State
from processors.errors import TrainingRefused

UNAUDITED = "unaudited"
PREDICTING = (STORE, LINES)
"""What must not know the evening: the results are that evening."""


@dataclass(frozen=True, kw_only=True, order=True)
class Partition:
    """One date of a table that rows were read from."""

    table: str
    day: date
    fingerprint: str
    state: str
    """Of the plan: `fresh`, or why it is not."""
    logic_version: str
    blindness: str
    """What the audit said of the rows that stand there now, or `unaudited`."""

    @property
    def is_fresh(self) -> bool:
        return self.state == State.FRESH

    @property
    def must_be_blind(self) -> bool:
        return self.table in PREDICTING

    @property
    def is_blind(self) -> bool:
        return self.blindness == Word.PASSED


def read_partitions(
    pipeline: Pipeline, days: Collection[date], tables: Sequence[str] = TABLES
) -> list[Partition]:
    """Of these dates, what is stored of each table that rows are read from."""
    wanted = set(days)
    seasons = [one for one in pipeline.assessor.calendar.seasons if wanted & set(one.dates)]
    found = [
        Partition(
            table=standing.table,
            day=item.day,
            fingerprint=str(standing.stored[item.day]),
            state=item.state.value,
            logic_version=item.proof.logic_version if item.proof else "",
            blindness=standing.blind.get(item.day, UNAUDITED),
        )
        for standing in read_standing(pipeline, tables, seasons)
        for item in standing.items
        if item.day in wanted and item.day in standing.stored
    ]
    return sorted(found)


def hold(partitions: Iterable[Partition], *, allow_stale: bool, allow_unaudited: bool) -> None:
    """Refuse what isn't proven; what an audit found to leak no word can let through."""
    listed = list(partitions)
    if said := leaking(listed):
        raise TrainingRefused(said)
    if not allow_stale and (said := stale(listed)):
        raise TrainingRefused(f"{said}, or allow it with --allow-stale")
    open_ = [one for one in listed if one.must_be_blind and not one.is_blind]
    if open_ and not allow_unaudited:
        first, last = min(one.day for one in open_), max(one.day for one in open_)
        raise TrainingRefused(
            f"no audit of blindness has passed {_some(open_)}: tipoff audit blindness --start"
            f" {first} --end {last} --tables {','.join(_names(open_))}, or allow it with"
            " --allow-unaudited"
        )


def leaking(partitions: Iterable[Partition]) -> str:
    """What is to be said where an audit found a leak; nothing where none did."""
    found = [one for one in partitions if one.must_be_blind and one.blindness == Word.FAILED]
    if not found:
        return ""
    return (
        f"the audit of blindness failed {_some(found)}: what stands there knows its own evening."
        " See tipoff verify; compute it anew with honest statements"
    )


def stale(partitions: Iterable[Partition]) -> str:
    """What is to be said where today's code would make something else; nothing where all is
    fresh."""
    found = [one for one in partitions if not one.is_fresh]
    if not found:
        return ""
    states = ", ".join(f"{state} {n:,}" for state, n in Counter(_states(found)).items())
    return (
        f"{_some(found)} not what today's code and inputs would make ({states}): tipoff run"
        f" --start {min(one.day for one in found)} --end {max(one.day for one in found)}"
    )


def verdicts(partitions: Iterable[Partition]) -> Mapping[str, int]:
    """How many of those that must be blind are said to be what."""
    return dict(sorted(Counter(one.blindness for one in partitions if one.must_be_blind).items()))


def _states(partitions: Iterable[Partition]) -> list[str]:
    return sorted(one.state for one in partitions)


def _names(partitions: Iterable[Partition]) -> list[str]:
    return sorted({one.table.partition(".")[2] for one in partitions})


def _some(partitions: list[Partition]) -> str:
    """How many, and the first."""
    first = min(partitions, key=lambda one: one.day)
    many = f"{len(partitions):,} partitions, the first" if len(partitions) > 1 else "one partition,"
    return f"{many} {first.table} of {first.day}"
