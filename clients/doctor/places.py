"""Whether the datasets can be looked up, and are where the address says."""

from __future__ import annotations

from collections.abc import Iterator

from clients.doctor.deployment import OnBigQuery
from clients.doctor.finding import Finding, failed, passed, undetermined
from processors.errors import WarehouseDenied

READ_METADATA = "roles/bigquery.metadataViewer on the datasets"


def metadata(examined: OnBigQuery) -> Iterator[Finding]:
    name, found = "metadata", examined.locations
    denied = {one: why for one, why in found.items() if isinstance(why, WarehouseDenied)}
    gone = [one for one, where in found.items() if where is None]
    if denied:
        first = next(iter(denied.values()))
        says = f"{', '.join(denied)} can't be looked up: {first.message}"
        yield failed(name, says, f"give the account {READ_METADATA}")
    elif gone:
        yield undetermined(name, f"not there: {', '.join(gone)}", "`tipoff schema apply`")
    else:
        yield passed(name, f"{len(found)} datasets were looked up")


def location(examined: OnBigQuery) -> Iterator[Finding]:
    """Of those that could be looked up; a statement reaches datasets of one location only."""
    name, address, found = "location", examined.connection.address, examined.locations
    known = {address.dataset(one): where for one, where in found.items() if isinstance(where, str)}
    elsewhere = [
        f"{one} is in {where}"
        for one, where in known.items()
        if where.lower() != address.location.lower()
    ]
    if elsewhere:
        says = f"the address says {address.location}: {', '.join(elsewhere)}"
        do = "a dataset can't be moved: set TIPOFF_WAREHOUSE to where it is, or take another prefix"
        yield failed(name, says, do)
    elif len(known) < len(found):
        says = f"{len(known)} datasets of {len(found)} are known to be in {address.location}"
        yield undetermined(name, says, "see metadata")
    else:
        yield passed(name, f"all datasets are in {address.location}")
