"""Amounts of bytes, as people write and read them."""

from __future__ import annotations

import re

WRITTEN = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT]i?)?B")
DECIMAL, BINARY = 1000, 1024
PREFIXES = "KMGT"


def bytes_in(text: str) -> int:
    """`12 GB`, `100GiB`, `1.5 TB`, `4096 B`; none at all is no amount."""
    found = WRITTEN.fullmatch(text.strip())
    amount = round(float(found[1]) * _unit(found[2])) if found else 0
    if amount < 1:
        raise ValueError(f"{text!r} is no amount of bytes: write it as 500 GB, 100 GiB or 1.5 TB")
    return amount


def in_words(count: int) -> str:
    """`12.3 GB`: three digits are what an estimate is good for."""
    if count < DECIMAL:
        return f"{count} B"
    size, number = count / DECIMAL, 0
    # What would be rounded up to 1000 is one of the next.
    while size >= DECIMAL - 0.5 and number < len(PREFIXES) - 1:
        size, number = size / DECIMAL, number + 1
    digits = 2 if size < 9.995 else 1 if size < 99.95 else 0
    return f"{size:,.{digits}f} {PREFIXES[number]}B"


def _unit(prefix: str | None) -> int:
    if not prefix:
        return 1
    step = BINARY if prefix.endswith("i") else DECIMAL
    return int(step ** (PREFIXES.index(prefix[0]) + 1))
