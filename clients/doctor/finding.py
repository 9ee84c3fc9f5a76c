"""A finding: what one check came to, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Of a check; only what has passed is known to be well."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of what the doctor says."""

    name: str
    verdict: Verdict
    says: str
    do: str = ""
    counts: bool = True
    """Not where the check doesn't concern this deployment, or nobody asked for it."""


def passed(name: str, says: str) -> Finding:
    return Finding(name=name, verdict=Verdict.PASSED, says=says)


def failed(name: str, says: str, do: str = "") -> Finding:
    return Finding(name=name, verdict=Verdict.FAILED, says=says, do=do)


def undetermined(name: str, says: str, do: str = "") -> Finding:
    return Finding(name=name, verdict=Verdict.UNDETERMINED, says=says, do=do)


def skipped(name: str, says: str, do: str = "") -> Finding:
    """It waits for what another check must find first."""
    return Finding(name=name, verdict=Verdict.SKIPPED, says=says, do=do)


def beside_the_point(name: str, says: str, do: str = "") -> Finding:
    """It doesn't concern this deployment, or nobody asked for it."""
    return Finding(name=name, verdict=Verdict.SKIPPED, says=says, do=do, counts=False)


def worst(findings: Iterable[Finding]) -> Verdict:
    """Of all that count."""
    found = {one.verdict for one in findings if one.counts}
    if Verdict.FAILED in found:
        return Verdict.FAILED
    return Verdict.UNDETERMINED if found - {Verdict.PASSED} else Verdict.PASSED
