"""What `deploy/*.yaml` declare, what is deployed, and what `deploy/apply` would do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from clients.deploying.commands import Plan, plan
from clients.deploying.declared import Declared
from clients.deploying.differences import EVERYBODY, INVOKER, Difference, differences, shown
from clients.deploying.looking import Asked, look
from clients.deploying.resource import PROJECT, Kind, State
from clients.drift.finding import Finding, Part, clean, differs, undetermined
from clients.drift.serving import Traffic

SPLIT = "several revisions serve: say by --image which image is the declared one"
"""As `deploy/apply` refuses it."""
OF_SERVICE = ("traffic", "ingress", "IAM check")
"""Fields that a service has beside its revisions."""


@dataclass(frozen=True)
class Deployed:
    """The findings, and the plan of taking them away."""

    findings: tuple[Finding, ...]
    plan: Plan
    declared: State


def examined(asked: Asked, declared: Declared) -> Deployed:
    """Where no image is told, the serving one is the declared one, as it is to `deploy/apply`."""
    there = look(asked, declared)
    told = declared.parameters
    if told.image is None and there.serving_image is not None:
        told = told.model_copy(update={"image": there.serving_image})
    state = replace(declared, parameters=told).state
    found = list(differences(state, there.state))
    is_split = told.image is None and there.state.find(Kind.SERVICE, told.service) is not None
    if is_split:
        found = [one for one in found if one.field != "image"]
    callers = list(_callers(state, there.state))
    strangers = _strangers(state, there.state, told.service_url)
    findings = [*map(_finding, found), *callers, *strangers]
    differing = {(one.kind, one.name) for one in found}
    for kind in dict.fromkeys(one.kind for one in state.resources):
        names = [one.name for one in state.resources if one.kind is kind]
        same = [name for name in names if (kind, name) not in differing]
        if same:
            findings.append(clean(Part.DEPLOYED, f"{kind} {', '.join(same)}", "as declared"))
    if not callers and not any(one.kind is Kind.GRANT for one in found):
        says = f"{len(state.grants)} grants are as declared, nobody else may call"
        findings.append(clean(Part.ACCESS, "grants", says))
    known = [one for one in found if one.undetermined is None]
    todo = Plan(by_hand=(SPLIT,)) if is_split else plan(told, state, known)
    return Deployed(tuple(findings), todo, state)


def of_serving(there: Deployed, service: str, traffic: Traffic | None) -> Iterator[Finding]:
    """Each serving revision's own fields: the service's template may be of one that never served.
    What the template has alike is told already."""
    wanted = there.declared.find(Kind.SERVICE, service)
    if wanted is None or traffic is None:
        return
    known = {(one.about, one.field, one.found) for one in there.findings}
    for revision in traffic.serving:
        names = (wanted.fields.keys() | revision.fields.keys()) - {*OF_SERVICE}
        names -= {"image"} if "image" not in wanted.fields else set()
        about = f"revision {revision.name}"
        for name in sorted(names):
            asked, value = wanted.fields.get(name), revision.fields.get(name)
            seen = shown(name, asked, value)
            if asked == value or (f"service {service}", name, seen) in known:
                continue
            says = f"{name} is {_word(seen)}, declared is {_word(asked)}"
            yield differs(Part.DEPLOYED, about, says, field=name, declared=asked, found=seen)


def _finding(one: Difference) -> Finding:
    part = Part.ACCESS if one.kind is Kind.GRANT else Part.DEPLOYED
    about = f"{one.kind} {one.name}"
    if one.undetermined is not None:
        return undetermined(part, about, one.undetermined)
    says = one.says.removeprefix(about).lstrip(": ")
    return differs(part, about, says, field=one.field, declared=one.declared, found=one.shown)


def _callers(declared: State, there: State) -> Iterator[Finding]:
    """Who may call every service of the project: `deploy/apply` leaves others' grants alone."""
    says = "is not declared, and is the whole project's: take it away by hand where nobody needs it"
    for one in sorted(there.grants - declared.grants):
        ours = one.member in declared.members or one.member in EVERYBODY
        if one.role == INVOKER and one.place == PROJECT and not ours:
            yield differs(Part.ACCESS, f"grant {one.name}", says, found="there")


def _strangers(declared: State, there: State, url: str) -> Iterator[Finding]:
    """What asks the service, and nobody declares: left over, or somebody's own."""
    says = "asks the service and is not declared: delete it by hand where nobody needs it"
    for one in there.resources:
        where = one.fields.get("uri") or one.fields.get("endpoint") or ""
        if urlsplit(where).netloc == urlsplit(url).netloc and not declared.find(one.kind, one.name):
            yield differs(Part.DEPLOYED, f"{one.kind} {one.name}", says, found=where)


def _word(value: str | None) -> str:
    return "–" if value is None else value
