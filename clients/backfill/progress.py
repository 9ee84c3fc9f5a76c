"""Progress for people: a live table on a terminal, plain lines where it is piped."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from clients.backfill.estimate import remaining
from clients.backfill.results import Attempt, DateDone, Ending
from clients.printing import say
from pipeline.outcome import COMPLETED, Status
from processors.names import processor_name

LAST = 5
PLAIN_SECONDS = 10.0
LONGEST = 160


@dataclass
class Board:
    """What there is to be seen at any moment."""

    tables: tuple[str, ...]
    in_all: int
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    trouble: str | None = None
    """Of a date that is tried again."""
    counts: dict[str, Counter[Status]] = field(init=False)
    failures: deque[str] = field(init=False, default_factory=lambda: deque(maxlen=LAST))
    words: Counter[str] = field(init=False, default_factory=Counter)
    _begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.counts = {table: Counter() for table in self.tables}
        self._begun = self.clock()

    def tried(self, day: date, number: int, attempt: Attempt) -> None:
        if attempt.ending is not Ending.ANSWERED:
            self.trouble = f"{day}, try {number}: {attempt.ending}, {attempt.message}"[:LONGEST]

    def told(self, done: DateDone) -> None:
        self.done += 1
        self.trouble = None
        self.words[done.word.word] += 1
        if done.last.ending is Ending.ANSWERED:
            for said in done.last.said:
                self.counts[said.table][said.status] += 1
        if done.word is not COMPLETED:
            self.failures.append(f"{done.day} {done.failure}"[:LONGEST])

    @property
    def headline(self) -> str:
        seconds = self.clock() - self._begun
        words = ", ".join(f"{count} {word}" for word, count in sorted(self.words.items()))
        rate = f"{self.done / seconds:.1f} a second, " if self.done and seconds else ""
        left = remaining(self.in_all - self.done, self.done, seconds)
        return f"{self.done} of {self.in_all} dates, {rate}{left}" + (words and f"; {words}")

    @property
    def picture(self) -> Group:
        statuses = [status for status in Status if any(of[status] for of in self.counts.values())]
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("processor")
        for status in statuses:
            table.add_column(status.value, justify="right")
        for name, of in self.counts.items():
            cells = (str(of[status] or "") for status in statuses)
            table.add_row(Text(processor_name(name)), *cells)
        notes = [*self.failures, *([f"trying again: {self.trouble}"] if self.trouble else [])]
        return Group(Text(self.headline), table, *map(Text, notes))


@dataclass
class Progress:
    """The board shown on standard error."""

    board: Board
    _live: Live | None = field(init=False, default=None)
    _spoken: float = field(init=False, default=0.0)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            console = Console(stderr=True)
            self._live = Live(
                get_renderable=lambda: self.board.picture, console=console, transient=True
            )
            self._live.start()
        self._spoken = self.board.clock()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def tried(self, day: date, number: int, attempt: Attempt) -> None:
        self.board.tried(day, number, attempt)

    def told(self, done: DateDone) -> None:
        self.board.told(done)
        if self._live is not None:
            return
        if done.word is not COMPLETED:
            say(f"{done.day} {done.word.word}: {done.failure}")
        if self.board.clock() - self._spoken >= PLAIN_SECONDS:
            self._spoken = self.board.clock()
            say(self.board.headline)
