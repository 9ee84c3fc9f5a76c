"""The source's minutes, read as whole seconds."""

from __future__ import annotations

import re
from fractions import Fraction

CLOCK = re.compile(r"(\d+):(\d\d)")
DECIMAL = re.compile(r"(\d+(?:\.\d+)?)")
ISO = re.compile(r"PT(\d+)M(\d+(?:\.\d+)?)S")

NOTHING = ("", "-", "null")
LONGEST = 70 * 60


def seconds_played(text: str | None) -> int | None:
    """Seconds that the text says, to the nearest; None where it says none or cannot be read."""
    exact = _exact(text or "")
    if exact is None or exact > LONGEST:
        return None
    return int(exact + Fraction(1, 2))


def is_malformed(text: str | None) -> bool:
    """Whether the text holds something that cannot be read."""
    holds_something = (text or "").strip().lower() not in NOTHING
    return holds_something and seconds_played(text) is None


def _exact(text: str) -> Fraction | None:
    text = text.strip()
    if match := DECIMAL.fullmatch(text):
        return 60 * Fraction(match[1])
    match = CLOCK.fullmatch(text) or ISO.fullmatch(text)
    if not match:
        return None
    seconds = Fraction(match[2])
    return 60 * int(match[1]) + seconds if seconds < 60 else None
