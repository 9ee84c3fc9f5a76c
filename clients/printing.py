"""What people and programs read: tables and plain lines, JSON, and progress on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.outcome import Status
from pipeline.run import Progress

if TYPE_CHECKING:
    from rich.console import Console

QUIET_SECONDS = 2.0
WORST_FIRST = (Status.FAILED, Status.REJECTED, Status.BLOCKED)


def console() -> Console:
    """Standard output; plain and unwrapped where it is not a terminal."""
    # Here and below, so that the service's start doesn't wait for what only tables need.
    from rich.console import Console

    if sys.stdout.isatty():
        return Console()
    return Console(width=200, no_color=True, highlight=False)


def say(text: str) -> None:
    """To people, not to programs: standard error."""
    sys.stderr.write(text + "\n")


def put_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def put_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        # Text, not markup: a window is written [D-14 days, D), a name may hold anything.
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console().print(table)


@dataclass
class ProgressLine:
    """Rate and remaining time, once the work takes longer than a glance."""

    unit: str = "table-dates"
    started: float = field(default_factory=time.monotonic)
    spoken: float = 0.0

    def __call__(self, progress: Progress) -> None:
        elapsed = time.monotonic() - self.started
        if elapsed < QUIET_SECONDS or elapsed - self.spoken < QUIET_SECONDS:
            return
        self.spoken = elapsed
        rate = progress.done / elapsed
        left = (progress.in_all - progress.done) / rate if rate else 0
        digits = 0 if rate >= 10 else 1
        text = (
            f"{progress.done} of {progress.in_all} {self.unit}, {rate:,.{digits}f} a second,"
            f" {left:.0f} s left ({progress.what})"
        )
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")
        else:
            say(text)

    def close(self) -> None:
        if self.spoken and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
