"""From differences to the gcloud commands that take them away, each with its reason."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from clients.deploying.differences import Difference
from clients.deploying.flags import (
    ONLY_BETA,
    job_flags,
    schedule_flags,
    service_flags,
    subscription_flags,
)
from clients.deploying.looking import policy_words
from clients.deploying.parameters import Parameters
from clients.deploying.resource import PROJECT, Grant, Kind, Resource, State

Words = tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """To be printed, and then run."""

    words: Words
    why: str

    @property
    def text(self) -> str:
        return shlex.join(self.words)


@dataclass(frozen=True)
class Plan:
    """What gcloud is to do, what somebody has to do, and what waits for an image."""

    commands: tuple[Command, ...] = ()
    by_hand: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@dataclass
class _Making:
    told: Parameters
    declared: State
    commands: list[Command] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)

    def add(self, words: Iterable[str], found: Sequence[Difference]) -> None:
        self.commands.append(Command(tuple(words), "; ".join(one.says for one in found)))


def plan(told: Parameters, declared: State, found: Sequence[Difference]) -> Plan:
    """In the order of the differences; nothing that is as declared is touched, and nothing that
    couldn't be looked at."""
    making = _Making(told, declared)
    seen = [one for one in found if one.undetermined is None]
    waiting, ready = _split(declared, seen)
    for (kind, _), several in groupby(ready, key=lambda one: (one.kind, one.name)):
        makers[kind](making, tuple(several))
    return Plan(tuple(making.commands), tuple(making.by_hand), tuple(one.says for one in waiting))


def _split(
    declared: State, found: Sequence[Difference]
) -> tuple[list[Difference], list[Difference]]:
    """Without an image no service and no job is made, and nothing that stands on them."""
    missing = {
        (one.kind.value, one.name)
        for one in found
        if one.kind in (Kind.SERVICE, Kind.JOB) and one.field is None and one.declared
        if not _resource(declared, one).fields.get("image")
    }
    service_waits = any(kind == Kind.SERVICE for kind, _ in missing)

    def waits(one: Difference) -> bool:
        if one.grant is not None:
            return (one.grant.place.kind, one.grant.place.name) in missing
        return (one.kind.value, one.name) in missing or (
            service_waits and one.kind is Kind.SCHEDULE
        )

    return [one for one in found if waits(one)], [one for one in found if not waits(one)]


def _resource(declared: State, difference: Difference) -> Resource:
    found = declared.find(difference.kind, difference.name)
    if found is None:
        raise KeyError(difference.name)
    return found


def _account(making: _Making, found: tuple[Difference, ...]) -> None:
    told, one = making.told, _resource(making.declared, found[0])
    project, name = f"--project={told.project}", f"--display-name={one.fields['display name']}"
    accounts = ("gcloud", "iam", "service-accounts")
    if found[0].field is None:
        making.add((*accounts, "create", one.name, project, name), found)
        return
    for each in found:
        if each.field == "disabled":
            making.add((*accounts, "enable", told.email(one.name), project), [each])
        else:
            making.add((*accounts, "update", told.email(one.name), project, name), [each])


def _repository(making: _Making, found: tuple[Difference, ...]) -> None:
    told = making.told
    if found[0].field is not None:
        making.by_hand += [f"{one.says}: gcloud can't change it" for one in found]
        return
    words = ("gcloud", "artifacts", "repositories", "create", found[0].name)
    where = (f"--project={told.project}", f"--location={told.region}")
    making.add((*words, *where, "--repository-format=docker"), found)


def _topic(making: _Making, found: tuple[Difference, ...]) -> None:
    words = ("gcloud", "pubsub", "topics", "create", found[0].name)
    making.add((*words, f"--project={making.told.project}"), found)


def _dataset(making: _Making, found: tuple[Difference, ...]) -> None:
    told, one = making.told, _resource(making.declared, found[0])
    bq = ("bq", f"--project_id={told.project}")
    expiration = f"--default_table_expiration={one.fields['table expiration']}"
    if found[0].field is None:
        location = f"--location={told.location}"
        making.add((*bq, location, "mk", "--dataset", expiration, one.name), found)
        return
    for each in found:
        if each.field == "location":
            again = "BigQuery can't move it; drop it, it is scratch, and apply again"
            making.by_hand.append(f"{each.says}: {again}")
        else:
            making.add((*bq, "update", expiration, one.name), [each])


def _service(making: _Making, found: tuple[Difference, ...]) -> None:
    """What is declared is to serve: traffic that was pinned to a revision follows it."""
    told, one = making.told, _resource(making.declared, found[0])
    where = (one.name, f"--project={told.project}", f"--region={told.region}")
    if found[0].field is None:
        flags = service_flags(one.fields, {}, new=True)
        closed = "--no-allow-unauthenticated"
        making.add(("gcloud", "run", "deploy", *where, *flags, closed), found)
        return
    update = ("run", "services", "update", *where)
    changed = [each for each in found if each.field not in {"traffic", *ONLY_BETA}]
    if changed:
        making.add(("gcloud", *update, *service_flags(*_sides(changed))), changed)
    if moved := [each for each in found if each.field == "traffic"] or changed:
        making.add(("gcloud", "run", "services", "update-traffic", *where, "--to-latest"), moved)
    for each in found:
        if flag := ONLY_BETA.get(each.field or ""):
            again = shlex.join(("gcloud", "beta", *update, flag))
            making.by_hand.append(f"{each.says}: only gcloud's beta changes it, `{again}`")


def _job(making: _Making, found: tuple[Difference, ...]) -> None:
    told, one = making.told, _resource(making.declared, found[0])
    where = (one.name, f"--project={told.project}", f"--region={told.region}")
    if found[0].field is None:
        flags = job_flags(one.fields, {}, new=True)
        making.add(("gcloud", "run", "jobs", "create", *where, *flags), found)
    else:
        flags = job_flags(*_sides(found))
        making.add(("gcloud", "run", "jobs", "update", *where, *flags), found)


def _subscription(making: _Making, found: tuple[Difference, ...]) -> None:
    """A flag of a part sets the whole part, so that its neighbours are said with it."""
    one = _resource(making.declared, found[0])
    words = ("gcloud", "pubsub", "subscriptions")
    where = (one.name, f"--project={making.told.project}")
    if found[0].field is None:
        topic = f"--topic={one.fields['topic']}"
        flags = subscription_flags(one.fields, [*one.fields])
        making.add((*words, "create", *where, topic, *flags), found)
        return
    flags = subscription_flags(one.fields, [each.field or "" for each in found])
    if flags:
        known = [each for each in found if subscription_flags(one.fields, [each.field or ""])]
        making.add((*words, "update", *where, *flags), known)
    for each in found:
        if not subscription_flags(one.fields, [each.field or ""]):
            again = shlex.join((*words, "delete", *where))
            making.by_hand.append(f"{each.says}: Pub/Sub can't change it; `{again}`, apply again")


def _schedule(making: _Making, found: tuple[Difference, ...]) -> None:
    told, one = making.told, _resource(making.declared, found[0])
    words = ("gcloud", "scheduler", "jobs")
    where = (one.name, f"--project={told.project}", f"--location={told.region}")
    if found[0].field is None:
        flags = schedule_flags(one.fields, {}, one.fields, new=True)
        making.add((*words, "create", "http", *where, *flags), found)
        return
    changed = [each for each in found if each.field != "state"]
    if changed:
        flags = schedule_flags(*_sides(changed), one.fields)
        making.add((*words, "update", "http", *where, *flags), changed)
    if stopped := [each for each in found if each.field == "state"]:
        making.add((*words, "resume", *where), stopped)


def _grant(making: _Making, found: tuple[Difference, ...]) -> None:
    for one in found:
        if one.grant is not None:
            verb = "add" if one.declared else "remove"
            words = policy_words(one.grant.place, f"{verb}-iam-policy-binding", making.told)
            making.add((*words, *_binding(one.grant)), [one])


def _binding(grant: Grant) -> Iterator[str]:
    yield f"--member={grant.member}"
    yield f"--role={grant.role}"
    if grant.condition:
        yield f"--condition=expression={grant.condition},title={grant.title}"
    elif grant.place == PROJECT:
        yield "--condition=None"
    yield "--format=none"


def _sides(found: Iterable[Difference]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What is to be set, and what is to go."""
    wanted, gone = {}, {}
    for one in found:
        if one.field is not None and one.declared is not None:
            wanted[one.field] = one.declared
        elif one.field is not None:
            gone[one.field] = one.found or ""
    return wanted, gone


makers: Mapping[Kind, Callable[[_Making, tuple[Difference, ...]], None]] = {
    Kind.ACCOUNT: _account,
    Kind.REPOSITORY: _repository,
    Kind.TOPIC: _topic,
    Kind.DATASET: _dataset,
    Kind.SERVICE: _service,
    Kind.JOB: _job,
    Kind.SUBSCRIPTION: _subscription,
    Kind.SCHEDULE: _schedule,
    Kind.GRANT: _grant,
}
