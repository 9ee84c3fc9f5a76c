"""Checks in their order: each goes on where others have failed, unless it stands on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from clients.doctor.finding import Finding, Verdict, failed, skipped, undetermined
from processors.errors import IdentityUnavailable, TipoffError, TooCostly, WarehouseDenied

ROLES = "docs/bigquery.md has the roles"
LOGIN = "`gcloud auth application-default login`, or try again"
HIGHER = "raise TIPOFF_MAXIMUM_BYTES_BILLED or TIPOFF_BYTES_CAP, or name an earlier --date"


@dataclass(frozen=True, kw_only=True)
class Check:
    """`look` may find several things; one that it can't look at is an error of ours."""

    name: str
    look: Callable[[], Iterable[Finding]]
    after: tuple[str, ...] = ()
    """Checks without which it can't look."""
    role: str = ""
    """What an account that is refused lacks."""


def examined(checks: Iterable[Check]) -> Iterator[Finding]:
    """What each comes to, as soon as it is known."""
    well: set[str] = set()
    for check in checks:
        waits = [name for name in check.after if name not in well]
        looked = [skipped(check.name, f"waits for {', '.join(waits)}")] if waits else _looked(check)
        is_well = True
        for finding in looked:
            is_well = is_well and finding.verdict is Verdict.PASSED
            yield finding
        if is_well:
            well.add(check.name)


def _looked(check: Check) -> Iterator[Finding]:
    try:
        yield from check.look()
    except WarehouseDenied as error:
        do = f"give the account {check.role}" if check.role else ""
        yield failed(check.name, error.message, do or ROLES)
    except TooCostly as error:
        yield undetermined(check.name, error.message, HIGHER)
    except IdentityUnavailable as error:
        yield undetermined(check.name, error.message, LOGIN)
    except TipoffError as error:
        if error.retryable:
            yield undetermined(check.name, error.message, "try again")
        else:
            yield failed(check.name, error.message)
