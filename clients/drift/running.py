"""What answers, beside this checkout: version, the logic of each table, the tables it wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clients.drift.expecting import disagreements
from clients.drift.finding import Finding, Part, clean, differs, undetermined
from clients.drift.serving import Traffic
from processors.registry import Registry
from service.models.answers import Version
from service.routes.health import AS_CONTRACTED, columns_fingerprint


def of_running(url: str, there: Version | str, registry: Registry) -> Iterator[Finding]:
    """A text says why it couldn't be asked."""
    if isinstance(there, str):
        yield undetermined(Part.RUNNING, url, there)
        return
    found = disagreements(there, registry)
    for one in found:
        yield differs(
            Part.RUNNING, url, str(one), field=one.what, declared=one.here, found=one.there
        )
    if not found:
        says = f"{there.version}, and the logic of {len(there.logic_versions)} tables as here"
        yield clean(Part.RUNNING, url, says)


def of_revision(url: str, there: Version | str, traffic: Traffic | None) -> Iterator[Finding]:
    """Whether what answers is what gets the traffic; Cloud Run tells each revision its name."""
    if isinstance(there, str) or traffic is None:
        return
    if there.revision is None:
        says = "what answers doesn't say which revision it is: is it the service on Cloud Run?"
        yield undetermined(Part.RUNNING, url, says)
    elif there.revision not in traffic.names:
        names = ", ".join(traffic.names) or "none"
        says = f"{there.revision} answers, traffic goes to {names}"
        yield differs(Part.RUNNING, url, says, field="revision", found=there.revision)


def answering(there: Version | str, traffic: Traffic | None) -> Mapping[str, str]:
    """By revision, the commit that it says it is of; nothing of one that doesn't say which revision
    it is."""
    if isinstance(there, str) or traffic is None:
        return {}
    if there.commit is None or there.revision is None:
        return {}
    return {there.revision: there.commit}


def of_tables(url: str, there: Version | str, registry: Registry) -> Iterator[Finding]:
    """The stored tables are as the contracts there say, and those are as the contracts here."""
    if isinstance(there, str):
        yield undetermined(Part.TABLES, url, there)
        return
    state, _, shown = there.schema_state.rpartition(" ")
    found, wanted = shown.strip("()"), columns_fingerprint(registry.contracts.values())
    if found != wanted:
        says = f"the contracts there declare other columns: {found}, here {wanted}"
        yield differs(Part.TABLES, url, says, found=found, declared=wanted)
    if state.startswith("can't be read"):
        yield undetermined(Part.TABLES, url, f"the schema {state}")
    elif state != AS_CONTRACTED:
        yield differs(Part.TABLES, url, f"the schema {state}", found=state, declared=AS_CONTRACTED)
    elif found == wanted:
        yield clean(Part.TABLES, url, f"{len(registry.contracts)} tables are {AS_CONTRACTED}")
