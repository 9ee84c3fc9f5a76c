"""How gcloud is told a field: what each of its commands calls it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping

Fields = Mapping[str, str]
SEPARATORS = ",|;#~^@"
CONTAINER = {
    "image": "--image",
    "cpu": "--cpu",
    "memory": "--memory",
    "account": "--service-account",
}
SERVICE = CONTAINER | {
    "time-out": "--timeout",
    "concurrency": "--concurrency",
    "min instances": "--min-instances",
    "max instances": "--max-instances",
    "ingress": "--ingress",
}
SWITCHES = {
    "start-up boost": "cpu-boost",
    "CPU throttling": "cpu-throttling",
    "IAM check": "invoker-iam-check",
}
JOB = CONTAINER | {
    "time-out": "--task-timeout",
    "tasks": "--tasks",
    "parallelism": "--parallelism",
    "max retries": "--max-retries",
}
TO_NOTHING = {
    "service min instances": ("--min=default",),
    "custom audiences": ("--clear-custom-audiences",),
    "VPC connector": ("--clear-vpc-connector",),
    "network": ("--clear-network",),
    "volumes": ("--clear-volume-mounts", "--clear-volumes"),
    "startup probe": ("--startup-probe=",),
    "liveness probe": ("--liveness-probe=",),
}
"""What nobody declares, back to what Cloud Run has by itself."""
ONLY_BETA = {
    "scaling mode": "--scaling=auto",
    "manual instances": "--scaling=auto",
    "service max instances": "--max=default",
    "default URL": "--default-url",
    "IAP": "--no-iap",
}
"""The same, by `gcloud beta run services update`, which isn't everywhere."""
SUBSCRIPTION = (
    {
        "endpoint": "--push-endpoint",
        "account": "--push-auth-service-account",
        "audience": "--push-auth-token-audience",
    },
    {"ack deadline": "--ack-deadline"},
    {"min retry": "--min-retry-delay", "max retry": "--max-retry-delay"},
    {
        "dead letter topic": "--dead-letter-topic",
        "max delivery attempts": "--max-delivery-attempts",
    },
    {"retention": "--message-retention-duration"},
    {"expiration": "--expiration-period"},
)
"""In parts: Pub/Sub replaces a part as a whole."""
SCHEDULE = {
    "description": "--description",
    "schedule": "--schedule",
    "time zone": "--time-zone",
    "uri": "--uri",
    "method": "--http-method",
    "body": "--message-body",
    "attempt deadline": "--attempt-deadline",
    "retries": "--max-retry-attempts",
    "min backoff": "--min-backoff",
    "max backoff": "--max-backoff",
}
TOKEN = {"account": "--oidc-service-account-email", "audience": "--oidc-token-audience"}
IN_SECONDS = (
    *("min retry", "max retry", "retention"),
    *("attempt deadline", "min backoff", "max backoff"),
)


def service_flags(wanted: Fields, gone: Fields, *, new: bool = False) -> Iterator[str]:
    for name, value in wanted.items():
        if name in SWITCHES:
            yield f"--{'' if value == 'yes' else 'no-'}{SWITCHES[name]}"
    yield from _simple(SERVICE, wanted)
    yield from _container(wanted, gone, new=new)


def job_flags(wanted: Fields, gone: Fields, *, new: bool = False) -> Iterator[str]:
    yield from _simple(JOB, wanted)
    yield from _container(wanted, gone, new=new)


def subscription_flags(declared: Fields, changed: Collection[str]) -> list[str]:
    """None for what can't be changed, or what is declared by being left out."""
    return [
        flag
        for part in SUBSCRIPTION
        if not part.keys().isdisjoint(changed)
        for flag in _simple(part, declared)
    ]


def schedule_flags(
    wanted: Fields, gone: Fields, declared: Fields, *, new: bool = False
) -> Iterator[str]:
    yield from _simple(SCHEDULE, wanted)
    if not TOKEN.keys().isdisjoint({*wanted, *gone}):
        yield from _simple(TOKEN, declared)
    lost = _named("header", gone)
    if lost or _named("header", wanted):
        # All of them, also where one is only to go: gcloud fails at --remove-headers by itself.
        yield f"--{'' if new else 'update-'}headers={_pairs(_named('header', declared))}"
    if lost:
        yield f"--remove-headers={','.join(lost)}"


def _container(wanted: Fields, gone: Fields, *, new: bool) -> Iterator[str]:
    """Environment and secrets: of what is there, those that are as declared stay untouched."""
    for name in gone:
        yield from TO_NOTHING.get(name, ())
    for kind, flag in (("env", "env-vars"), ("secret", "secrets")):
        if found := _named(kind, wanted):
            yield f"--{'set' if new else 'update'}-{flag}={_pairs(found)}"
        if lost := _named(kind, gone):
            yield f"--remove-{flag}={','.join(lost)}"
    if "args" in wanted:
        yield f"--args={_joined(json.loads(wanted['args']))}"
    for name in ("args", "command"):
        if name in gone:
            yield f"--{name}="
    if "other containers" in gone:
        yield f"--remove-containers={gone['other containers'].replace(' ', '')}"


def _simple(flags: Mapping[str, str], fields: Fields) -> Iterator[str]:
    for name, flag in flags.items():
        if name in fields:
            yield f"{flag}={fields[name]}{'s' if name in IN_SECONDS else ''}"


def _named(kind: str, fields: Fields) -> dict[str, str]:
    start = f"{kind} "
    return {name.removeprefix(start): one for name, one in fields.items() if name.startswith(start)}


def _pairs(fields: Fields) -> str:
    return _joined([f"{name}={value}" for name, value in fields.items()])


def _joined(parts: list[str]) -> str:
    """With another separator where a comma is in one of them: gcloud's `^|^a|b`."""
    separator = next(one for one in SEPARATORS if not any(one in part for part in parts))
    return separator.join(parts) if separator == "," else f"^{separator}^{separator.join(parts)}"
