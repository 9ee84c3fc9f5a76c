"""Whether the stored tables are as their contracts say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clients.doctor.deployment import Deployment
from clients.doctor.finding import Finding, failed, passed, undetermined
from warehouse.differences import Difference

SHOWN = 3
DIFF = "`tipoff schema diff` says each, and what to do by hand"
APPLY = "`tipoff schema apply` mends them"


def schema(examined: Deployment) -> Iterator[Finding]:
    found = examined.differences
    blocking = [one for one in found if one.blocks]
    if blocking:
        yield failed("schema", f"{len(blocking)} differences block: {_some(blocking)}", DIFF)
    elif found:
        yield undetermined("schema", f"{len(found)} differences: {_some(found)}", APPLY)
    else:
        says = f"{len(examined.registry.contracts)} tables are as their contracts say"
        yield passed("schema", says)


def _some(found: Sequence[Difference]) -> str:
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(str(one) for one in found[:SHOWN]) + more
