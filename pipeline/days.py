"""Days as people write them: YYYY-MM-DD, or a word for one near today, Eastern."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from difflib import get_close_matches

from pipeline.clock import today
from processors.errors import UsageError

WORDS = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1, "AUTO": -1}
YEAR_FIRST = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})(?:\D.*)?")
YEAR_LAST = re.compile(r"(\d{1,2})\D(\d{1,2})\D(\d{4})")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_day(text: str) -> date:
    """A date or one of the words; what is neither is refused with the nearest that is."""
    if text.upper() in WORDS:
        return today() + timedelta(days=WORDS[text.upper()])
    near = nearest_day(text)
    if ISO.fullmatch(text) and near == text:
        return date.fromisoformat(text)
    hint = f"; did you mean {near}?" if near else ""
    raise UsageError(
        f"{text[:40]!r} is no date: write YYYY-MM-DD or one of {', '.join(WORDS)}{hint}",
        nearest=near,
    )


def nearest_day(text: str) -> str | None:
    """What was probably meant: a word misspelled, another order, a month's last day."""
    words = get_close_matches(text.strip().upper(), WORDS, n=1, cutoff=0.7)
    if words:
        return words[0]
    found = YEAR_FIRST.fullmatch(text.strip())
    if found:
        year, month, day = map(int, found.groups())
    elif found := YEAR_LAST.fullmatch(text.strip()):
        first, second, year = map(int, found.groups())
        # 18.11.2024 can only be day first; 11/18/2024 only month first, which also wins a tie.
        month, day = (second, first) if first > 12 or "." in text else (first, second)
    else:
        return None
    if not 1900 <= year <= 2200 or not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return str(date(year, month, min(day, monthrange(year, month)[1])))
