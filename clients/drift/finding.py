"""A finding: one thing that was compared, and what it came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Word(StrEnum):
    """Only what was compared and found alike is clean."""

    CLEAN = "clean"
    DIFFERS = "differs"
    UNDETERMINED = "undetermined"


class Part(StrEnum):
    """What was compared, from the outside in."""

    DEPLOYED = "deployed"
    ACCESS = "access"
    TRAFFIC = "traffic"
    CODE = "code"
    RUNNING = "running"
    TABLES = "tables"
    DATA = "data"


EXIT_CODES = {Word.CLEAN: 0, Word.DIFFERS: 1, Word.UNDETERMINED: 2}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line; `declared` and `found` are the two values of a field, where it is one."""

    part: Part
    about: str
    word: Word
    says: str
    field: str | None = None
    declared: str | None = None
    found: str | None = None


def clean(part: Part, about: str, says: str) -> Finding:
    return Finding(part=part, about=about, word=Word.CLEAN, says=says)


def differs(
    part: Part,
    about: str,
    says: str,
    *,
    field: str | None = None,
    declared: str | None = None,
    found: str | None = None,
) -> Finding:
    return Finding(
        part=part,
        about=about,
        word=Word.DIFFERS,
        says=says,
        field=field,
        declared=declared,
        found=found,
    )


def undetermined(part: Part, about: str, why: str) -> Finding:
    """It couldn't be looked at, which is never taken for clean."""
    return Finding(part=part, about=about, word=Word.UNDETERMINED, says=why)


def worst(findings: Iterable[Finding]) -> Word:
    """Nothing compared proves nothing."""
    words = {one.word for one in findings}
    if Word.DIFFERS in words:
        return Word.DIFFERS
    return Word.UNDETERMINED if Word.UNDETERMINED in words or not words else Word.CLEAN
