"""What the files of `deploy/` say to one another: audience, accounts, topics, and the time-outs."""

from __future__ import annotations

from collections.abc import Iterator

from clients.deploying.declared import Declared
from clients.deploying.nesting import faults
from processors.errors import UsageError


def checked(declared: Declared) -> Declared:
    """The same; refused where it would not work."""
    if found := [*faults(declared), *disagreements(declared)]:
        raise UsageError("; ".join(found))
    return declared


def disagreements(declared: Declared) -> Iterator[str]:
    """What the files say to one another: audience, accounts, topics."""
    env, push, scheduler = declared.service.env, declared.pubsub.push, declared.scheduler
    audience = env.get("TIPOFF_AUDIENCE")
    for where, said in (("pubsub.yaml", push.audience), ("scheduler.yaml", scheduler.audience)):
        if said != audience:
            yield f"{where}'s audience is {said}, the service wants TIPOFF_AUDIENCE={audience}"
    known = {one.name for one in declared.accounts.accounts}
    allowed = env.get("TIPOFF_ALLOWED_EMAILS", "")
    for where, account in (("pubsub.yaml", push.account), ("scheduler.yaml", scheduler.account)):
        if f"{account}@{declared.parameters.project}." not in allowed:
            yield f"{where}'s account {account} is not in TIPOFF_ALLOWED_EMAILS: it would get 403"
    used = {push.account, scheduler.account, declared.service.account, declared.job.account}
    for name in sorted(used - known):
        yield f"there is no account {name} in accounts.yaml"
    topics = {push.topic, push.dead_letter_topic, declared.pubsub.kept.topic}
    for name in sorted(topics - {*declared.pubsub.topics}):
        yield f"there is no topic {name} in pubsub.yaml"
    there = {declared.parameters.topic(name) for name in declared.pubsub.topics}
    for setting in ("TIPOFF_COMPLETION_TOPIC", "TIPOFF_ALERT_TOPIC"):
        if env.get(setting) not in {None, *there}:
            yield f"service.yaml's {setting} is {env[setting]}, which is no topic of pubsub.yaml"
    if declared.pubsub.kept.topic != push.dead_letter_topic:
        kept, dead = declared.pubsub.kept.topic, push.dead_letter_topic
        yield f"pubsub.yaml's kept listens to {kept}, and dead letters go to {dead}: they are lost"
