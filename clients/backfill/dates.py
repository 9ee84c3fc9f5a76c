"""Which dates are asked for: a range, a list or a file; what is malformed is refused at once."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from pipeline.days import parse_day
from pipeline.plan import LONGEST_RANGE
from processors.errors import UsageError

COLUMN = "date"
SHOWN = 20


def asked_dates(
    *, start: str | None, end: str | None, dates: str | None, file: Path | None
) -> tuple[date, ...]:
    """Ascending, each once."""
    given = [
        name
        for name, value in (("--start", start), ("--dates", dates), ("--dates-file", file))
        if value is not None
    ]
    if len(given) != 1:
        raise UsageError(
            "say which dates in one way: --start with --end, --dates or --dates-file"
            + (f"; not {' and '.join(given)}" if given else "")
        )
    if end is not None and start is None:
        raise UsageError(f"--end belongs to --start, not to {given[0]}")
    if start is not None:
        return _range(parse_day(start), parse_day(end or start))
    if file is not None:
        return _parsed(str(file), _column(file))
    parts = enumerate((dates or "").split(","), start=1)
    return _parsed("--dates", ((f"date {number}", text) for number, text in parts))


def _range(start: date, end: date) -> tuple[date, ...]:
    if end < start:
        raise UsageError(f"the range ends on {end}, before it starts on {start}")
    days = (end - start).days + 1
    if days > LONGEST_RANGE:
        raise UsageError(f"{start} to {end} is more than ten years; ask for less at a time")
    return tuple(start + timedelta(days=number) for number in range(days))


def _parsed(where: str, texts: Iterable[tuple[str, str]]) -> tuple[date, ...]:
    days: set[date] = set()
    faults: list[str] = []
    for place, text in texts:
        try:
            days.add(parse_day(text.strip()))
        except UsageError as error:
            faults.append(f"{place}: {error.message}")
    if faults:
        more = f"\n… and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise UsageError(
            f"{where} holds {len(faults)} that are no dates; none was asked for:\n"
            + "\n".join(faults[:SHOWN])
            + more
        )
    if not days:
        raise UsageError(f"{where} holds no date")
    return tuple(sorted(days))


def _column(file: Path) -> Iterator[tuple[str, str]]:
    """The cells under `date`, each with its line; a short line has an empty one."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.reader(lines)
            names = [name.strip().lower() for name in next(reader, [])]
            if COLUMN not in names:
                raise UsageError(
                    f"{file} has no column {COLUMN!r}: its first line names"
                    f" {', '.join(names) or 'nothing'}"
                )
            at = names.index(COLUMN)
            for cells in reader:
                if cells:
                    yield f"line {reader.line_num}", cells[at] if at < len(cells) else ""
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{file} can't be read: {error}") from error
