"""Whoever waits, waits longer than who works for him: else what is at work is begun again.

service's own deadline < ack deadline of the push < Cloud Run's time-out <= Scheduler's deadline"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from clients.deploying.declared import Declared
from service.settings import Settings

OWN = "TIPOFF_DEADLINE_SECONDS"


@dataclass(frozen=True)
class Limit:
    """One of the four, and where it is written."""

    where: str
    seconds: float


def limits(declared: Declared) -> tuple[Limit, ...]:
    """From the innermost out; the service's own is its default where nothing is declared."""
    said = declared.service.env.get(OWN)
    default = Settings.model_fields["deadline_seconds"].default
    return (
        Limit(f"service.yaml's {OWN}", float(default if said is None else said)),
        Limit("pubsub.yaml's ack_deadline", declared.pubsub.push.ack_deadline),
        Limit("service.yaml's time_out", declared.service.time_out),
        Limit("scheduler.yaml's attempt_deadline", declared.scheduler.attempt_deadline),
    )


def faults(declared: Declared) -> Iterator[str]:
    """Each pair that doesn't nest; the outermost may be equal."""
    found = limits(declared)
    for inner, outer in pairwise(found):
        may_be_equal = outer is found[-1]
        if outer.seconds > inner.seconds or (may_be_equal and outer.seconds == inner.seconds):
            continue
        wanted = "at least" if may_be_equal else "more than"
        yield (
            f"{outer.where} is {outer.seconds:g} s and must be {wanted} {inner.where},"
            f" {inner.seconds:g} s: else what is at work is begun again"
        )
