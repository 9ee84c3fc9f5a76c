"""Of each service: which revision serves, of which commit its image is, what came since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clients.deploying import observed
from clients.deploying.declared import LATEST
from clients.deploying.differences import EVERYBODY, INVOKER
from clients.deploying.resource import Kind, Place
from clients.drift.asking import Asking, policy_words, revisions_words, services_words
from clients.drift.finding import Finding, Part, clean, differs, undetermined
from clients.drift.repository import Repository, Unreadable
from clients.drift.services import Service
from clients.drift.serving import Serving, Traffic, of_service, traffic
from processors.errors import GcloudFailed

SHOWN = 3
SHORT = 12


@dataclass(frozen=True)
class Found:
    """A service as Cloud Run has it; or why that can't be said."""

    service: Service
    said: Mapping[str, Any] | None
    traffic: Traffic | None
    why: str = ""


def looked_up(asking: Asking, service: Service) -> Found:
    """One list of services and one of revisions, whatever the number of services in a region."""
    place = service.project, service.region
    try:
        listed = asking.ask(services_words(*place)) or []
        said = next((one for one in listed if one["metadata"]["name"] == service.name), None)
        if said is None:
            return Found(service, None, None)
        revisions = asking.ask(revisions_words(*place)) or []
    except GcloudFailed as error:
        return Found(service, None, None, error.message)
    return Found(service, said, traffic(said, of_service(service.name, revisions)))


def of_traffic(found: Found) -> Iterator[Finding]:
    """All of it must be at the newest revision: else what was deployed last doesn't serve."""
    about = f"service {found.service.name}"
    if found.why:
        yield undetermined(Part.TRAFFIC, about, found.why)
        return
    if found.said is None or found.traffic is None:
        place = f"{found.service.project} in {found.service.region}"
        yield differs(Part.TRAFFIC, about, f"is not in {place}", declared="there")
        return
    if not found.traffic.names:
        yield differs(Part.TRAFFIC, about, "no revision gets any traffic")
    for name in found.traffic.missing:
        yield undetermined(Part.TRAFFIC, about, f"{name} serves and isn't in the list of revisions")
    for one in found.traffic.serving:
        if one.digest is None:
            says = f"{one.name} serves, by no digest: {one.image}"
            yield undetermined(Part.TRAFFIC, about, says)
    said = observed.traffic(found.said)
    shares = ", ".join(_share(one) for one in found.traffic.serving)
    if said == LATEST:
        yield clean(Part.TRAFFIC, about, f"the newest revision serves: {shares}")
        return
    newest = found.traffic.latest_created
    failed = "" if newest == found.traffic.latest_ready else ", which isn't ready"
    yield differs(
        Part.TRAFFIC,
        about,
        f"{shares or said} serves; the newest is {newest}{failed}",
        field="traffic",
        declared=LATEST,
        found=said,
    )


def of_commits(found: Found, running: Mapping[str, str]) -> Iterator[Finding]:
    """Of each revision that gets traffic; `running` has, by revision, the commit of who answers."""
    if found.traffic is None:
        return
    repository = Repository(found.service.checkout)
    for one in found.traffic.serving:
        about = f"{found.service.name}, revision {one.name}"
        said = dict(one.commits)
        if one.name in running:
            said["what answers"] = running[one.name]
        try:
            yield from _of_revision(about, said, repository, found.service.sources)
        except Unreadable as error:
            yield undetermined(Part.CODE, about, str(error))


def of_callers(
    asking: Asking, service: Service, said: Mapping[str, Any] | None
) -> Iterator[Finding]:
    """Of services that `deploy/*.yaml` don't declare: nobody, or who is named, and no one else."""
    if said is None:
        return
    about = f"service {service.name}"
    if observed.service(said).fields["IAM check"] == "no":
        yield differs(Part.ACCESS, about, "anybody may call it: its IAM check is switched off")
    try:
        policy = asking.ask(policy_words(service.name, service.project, service.region)) or {}
    except GcloudFailed as error:
        yield undetermined(Part.ACCESS, about, error.message)
        return
    granted = observed.grants(Place(Kind.SERVICE.value, service.name), policy)
    callers = {one.member for one in granted if one.role == INVOKER}
    everybody = sorted(callers & {*EVERYBODY})
    for member in everybody:
        yield differs(Part.ACCESS, about, f"{INVOKER} is granted to {member}", found=member)
    if service.invokers is None:
        if not everybody:
            yield clean(Part.ACCESS, about, f"{INVOKER} is granted to nobody unknown")
        return
    for member in sorted(callers - service.invokers - {*EVERYBODY}):
        yield differs(Part.ACCESS, about, f"{member} may call it, and isn't named", found=member)
    for member in sorted(service.invokers - callers):
        yield differs(Part.ACCESS, about, f"{member} may not call it", declared=member)
    if callers == service.invokers:
        yield clean(Part.ACCESS, about, f"{INVOKER} is granted as named")


def _of_revision(
    about: str, said: Mapping[str, str], repository: Repository, sources: Sequence[str]
) -> Iterator[Finding]:
    if not said:
        yield undetermined(Part.CODE, about, "nothing says of which commit its image is")
        return
    whole = {place: repository.resolved(name) or name for place, name in said.items()}
    if len({*whole.values()}) > 1:
        told = "; ".join(f"{place} says {name[:SHORT]}" for place, name in whole.items())
        yield differs(Part.CODE, about, f"it isn't of one commit: {told}")
        return
    commit = next(iter(whole.values()))
    if repository.resolved(commit) is None:
        why = (
            f"commit {commit} isn't in {repository.folder.resolve().name}: git fetch, or it is lost"
        )
        yield undetermined(Part.CODE, about, why)
        return
    yield from _since(about, commit, repository, sources)


def _since(
    about: str, commit: str, repository: Repository, sources: Sequence[str]
) -> Iterator[Finding]:
    head = repository.head
    at = f"commit {commit[:SHORT]}"
    newer = repository.between(commit, head, sources)
    lacking = repository.between(head, commit, sources)
    changed = repository.uncommitted(sources)
    if newer:
        says = f"{at}; since then {_counted(newer, 'commit')} touched its sources: {_some(newer)}"
        yield differs(Part.CODE, about, says, field="commit", declared=head, found=commit)
    if lacking:
        says = f"{at}; this checkout lacks {_counted(lacking, 'commit')} of it: {_some(lacking)}"
        yield differs(Part.CODE, about, says, field="commit", declared=head, found=commit)
    if changed:
        says = (
            f"{at}; {_counted(changed, 'file')} of its sources not committed here: {_some(changed)}"
        )
        yield differs(Part.CODE, about, says)
    if not (newer or lacking or changed):
        yield clean(Part.CODE, about, f"{at}, and nothing of its sources has changed since")


def _share(one: Serving) -> str:
    return f"{one.name} ({one.percent} %, {one.digest or one.image})"


def _counted(found: Sequence[str], what: str) -> str:
    return f"{len(found)} {what}{'' if len(found) == 1 else 's'}"


def _some(found: Sequence[str]) -> str:
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more
