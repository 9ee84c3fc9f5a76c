"""What came of it all: by status, by processor, by reason, in one word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clients.backfill.results import GOOD, DateDone, Ending, Said, alike, worst
from clients.printing import put_table
from pipeline.outcome import COMPLETED, FAILED, INTERRUPTED_EXIT_CODE, Overall, Status
from processors.names import processor_name

SHOWN = 12
NO_ANSWER = "no answer"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Failures alike: equal but for their numbers."""

    table: str
    status: str
    dates: int
    first: date
    example: str


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Of one run of the client."""

    url: str
    done: Sequence[DateDone]
    asked: int
    stopped: str | None = None
    """Why it ended before all were done."""
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def left(self) -> int:
        return self.asked - len(self.done)

    @property
    def overall(self) -> Overall:
        """The worst date decides; dates that were not done are no success."""
        rest = FAILED if self.left else COMPLETED
        return worst((rest, *(one.word for one in self.done)))

    @property
    def exit_code(self) -> int:
        return INTERRUPTED_EXIT_CODE if self.interrupted else self.overall.exit_code

    @property
    def dates(self) -> Counter[str]:
        return Counter(one.word.word for one in self.done)

    @property
    def statuses(self) -> dict[str, Counter[str]]:
        """By table; a date without an answer has none."""
        found: dict[str, Counter[str]] = {}
        for done in self.done:
            for said in _heard(done):
                found.setdefault(said.table, Counter())[said.status.value] += 1
        return found

    @property
    def reasons(self) -> list[Reason]:
        """The most frequent first."""
        groups: dict[tuple[str, str, str], list[tuple[date, str]]] = {}
        for done in self.done:
            for table, status, reason in _bad(done):
                key = table, status, alike(reason)
                groups.setdefault(key, []).append((done.day, reason))
        found = [
            Reason(
                table=table,
                status=status,
                dates=len(cases),
                first=min(cases)[0],
                example=min(cases)[1],
            )
            for (table, status, _), cases in groups.items()
        ]
        return sorted(found, key=lambda one: (-one.dates, one.table, one.first))

    @property
    def sentence(self) -> str:
        counts = ", ".join(f"{count} {word}" for word, count in sorted(self.dates.items()))
        text = f"{len(self.done)} of {self.asked} dates in {self.seconds:.0f} s"
        text += f": {counts}" if counts else ""
        return text + (f"; {self.left} not done: {self.stopped}" if self.left else "")

    def as_json(self) -> dict[str, Any]:
        return {
            "status": self.overall.word,
            "exit_code": self.exit_code,
            "url": self.url,
            "dates": {"asked": self.asked, "done": len(self.done), "left": self.left, **self.dates},
            "stopped": self.stopped,
            "seconds": round(self.seconds, 1),
            "processors": {
                processor_name(table): dict(counts) for table, counts in self.statuses.items()
            },
            "reasons": [
                {
                    "table": one.table,
                    "status": one.status,
                    "dates": one.dates,
                    "first": str(one.first),
                    "reason": one.example,
                }
                for one in self.reasons
            ],
        }

    def show(self) -> None:
        statuses = [
            status
            for status in Status
            if any(status in counts for counts in self.statuses.values())
        ]
        put_table(
            "dates by processor and status",
            ["processor", *statuses],
            [
                [processor_name(table), *(counts[status] or "" for status in statuses)]
                for table, counts in self.statuses.items()
            ],
        )
        if self.reasons:
            put_table(
                "what went wrong",
                ["table", "status", "dates", "first", "reason"],
                [
                    [one.table, one.status, one.dates, one.first, one.example]
                    for one in self.reasons[:SHOWN]
                ],
            )
        if len(self.reasons) > SHOWN:
            put_table(f"… and {len(self.reasons) - SHOWN} more reasons: --json has them", [], [])


def _heard(done: DateDone) -> Iterable[Said]:
    return done.last.said if done.last.ending is Ending.ANSWERED else ()


def _bad(done: DateDone) -> Iterable[tuple[str, str, str]]:
    if done.last.ending is not Ending.ANSWERED:
        yield "", NO_ANSWER, done.failure or ""
        return
    for said in done.last.said:
        if said.status not in GOOD:
            yield said.table, said.status.value, said.reason
