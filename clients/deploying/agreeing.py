"""What the files of `deploy/` say to one another: audience, accounts, topics, and the time-outs."""

from __future__ import annotations

from collections.abc import Iterator

from clients.deploying.declared import Declared
from clients.deploying.differences import INVOKER
from clients.deploying.nesting import faults
from clients.deploying.resource import PROJECT, Grant, Place
from processors.errors import UsageError

READER = "roles/secretmanager.secretAccessor"


def checked(declared: Declared) -> Declared:
    """The same; refused where it would not work."""
    if found := [*faults(declared), *disagreements(declared)]:
        raise UsageError("; ".join(found))
    return declared


def disagreements(declared: Declared) -> Iterator[str]:
    """What the files say to one another: audience, accounts and callers, topics."""
    env, push, scheduler = declared.service.env, declared.pubsub.push, declared.scheduler
    audience = env.get("TIPOFF_AUDIENCE")
    for where, said in (("pubsub.yaml", push.audience), ("scheduler.yaml", scheduler.audience)):
        if said != audience:
            yield f"{where}'s audience is {said}, the service wants TIPOFF_AUDIENCE={audience}"
    known = {one.name for one in declared.accounts.accounts}
    used = {push.account, scheduler.account, declared.service.account, declared.job.account}
    for name in sorted(used - known):
        yield f"there is no account {name} in accounts.yaml"
    yield from _of_callers(declared)
    yield from _of_topics(declared)
    yield from _of_secrets(declared)


def _of_callers(declared: Declared) -> Iterator[str]:
    """Whom Cloud Run lets in the service asks for by name."""
    listed = declared.service.env.get("TIPOFF_ALLOWED_EMAILS", "")
    allowed = {one.strip() for one in listed.split(",")}
    senders = (("pubsub.yaml", declared.pubsub.push), ("scheduler.yaml", declared.scheduler))
    for where, one in senders:
        if declared.parameters.email(one.account) not in allowed:
            yield f"{where}'s account {one.account} is not in TIPOFF_ALLOWED_EMAILS: it gets 403"
    for email in sorted(_callers(declared) - allowed):
        yield f"accounts.yaml's {email}, who may call, is not in TIPOFF_ALLOWED_EMAILS: 403"


def _callers(declared: Declared) -> set[str]:
    """Accounts and people with the role; who is in a group isn't known here."""
    here = Place("service", declared.service.name)
    grants = (one for one in declared.state.grants if (one.role, one.place) == (INVOKER, here))
    named = [one.member.partition(":") for one in grants]
    return {email for kind, _, email in named if kind != "group"}


def _of_topics(declared: Declared) -> Iterator[str]:
    env, push, kept = declared.service.env, declared.pubsub.push, declared.pubsub.kept
    for name in sorted(
        {push.topic, push.dead_letter_topic, kept.topic} - {*declared.pubsub.topics}
    ):
        yield f"there is no topic {name} in pubsub.yaml"
    there = {declared.parameters.topic(name) for name in declared.pubsub.topics}
    for setting in ("TIPOFF_COMPLETION_TOPIC", "TIPOFF_ALERT_TOPIC"):
        if env.get(setting) not in {None, *there}:
            yield f"service.yaml's {setting} is {env[setting]}, which is no topic of pubsub.yaml"
    if kept.topic != push.dead_letter_topic:
        dead = push.dead_letter_topic
        yield f"pubsub.yaml's kept listens to {kept.topic}, and dead letters go to {dead}: lost"


def _of_secrets(declared: Declared) -> Iterator[str]:
    """Cloud Run starts nothing whose account may not read them."""
    grants = declared.state.grants
    for file, one in (("service.yaml", declared.service), ("job.yaml", declared.job)):
        member = f"serviceAccount:{declared.parameters.email(one.account)}"
        for variable, reference in one.secrets.items():
            name = reference.partition(":")[0]
            places = (Place("secret", name), PROJECT)
            if not any(Grant(place, READER, member) in grants for place in places):
                yield (
                    f"{file}'s {variable} is {name}, and accounts.yaml gives {one.account} no"
                    f" {READER} on secret {name}"
                )
