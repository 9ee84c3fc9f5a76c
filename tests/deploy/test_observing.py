"""What Google would answer, read without asking: each field by itself, and what is noise."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import pytest

from clients.deploying import observed
from clients.deploying.commands import plan
from clients.deploying.declared import Declared
from clients.deploying.differences import compared
from clients.deploying.resource import Kind, Resource
from tests.deploy import changes
from tests.deploy.changes import Change, Json
from tests.deploy.running import Run
from tests.drift.filled import job, service, subscription

Read = Callable[[Mapping[str, object]], Resource]


def kept(declared: Declared, kind: Kind) -> tuple[Resource, Json, Read]:
    """The declared one, the same as Cloud Run would answer it, and who reads that."""
    run = Run("tipoff-test", "us-east1", "123456789012")
    one = next(one for one in declared.state.resources if one.kind is kind)
    if kind is Kind.SERVICE:
        return one, run.create_service(service(one)), observed.service
    return one, run.create_job(job(one)), observed.job


@pytest.mark.parametrize(
    ("kind", "field", "change"),
    [
        *((Kind.SERVICE, field, change) for field, change in changes.SERVICE.items()),
        *((Kind.JOB, field, change) for field, change in changes.JOB.items()),
    ],
)
def test_each_change_is_named_and_has_a_repair(
    kind: Kind, field: str, change: Change, declared: Declared
) -> None:
    one, said, read = kept(declared, kind)
    assert list(compared(one, read(said))) == []
    changed = copy.deepcopy(said)
    change(changed)
    found = list(compared(one, read(changed)))
    assert [each.field for each in found] == [field]
    todo = plan(declared.parameters, declared.state, found)
    by_hand = field in changes.BY_HAND[kind]
    assert (bool(todo.commands), bool(todo.by_hand)) == (not by_hand, by_hand)


@pytest.mark.parametrize(("field", "change"), changes.SUBSCRIPTION.items())
def test_each_change_of_a_subscription_is_named(
    field: str, change: Change, declared: Declared
) -> None:
    one = declared.state.find(Kind.SUBSCRIPTION, "tipoff-landed")
    assert one is not None
    said = subscription(one, "tipoff-test")
    assert list(compared(one, observed.subscription(said))) == []
    change(said)
    found = list(compared(one, observed.subscription(said)))
    assert [each.field for each in found] == [field]


def test_dead_letters_are_kept_as_long_as_pubsub_can(declared: Declared) -> None:
    """A week is what holds where nothing is said; nobody may have looked by then."""
    kept = declared.state.find(Kind.SUBSCRIPTION, "tipoff-dead-kept")
    assert kept is not None
    said = subscription(kept, "tipoff-test")
    del said["messageRetentionDuration"]
    (found,) = compared(kept, observed.subscription(said))
    assert (found.field, found.declared, found.found) == ("retention", "2678400", "604800")
    (command,) = plan(declared.parameters, declared.state, [found]).commands
    assert command.words[-1] == "--message-retention-duration=2678400s"


@pytest.mark.parametrize("number", range(len(changes.NOISE["service"])))
def test_noise_is_no_difference(number: int, declared: Declared) -> None:
    one, said, read = kept(declared, Kind.SERVICE)
    changes.NOISE["service"][number](said)
    assert list(compared(one, read(said))) == []


def test_what_only_a_later_gcloud_can_do_is_said_with_its_command(declared: Declared) -> None:
    one, said, read = kept(declared, Kind.SERVICE)
    changes.SERVICE["scaling mode"](said)
    found = list(compared(one, read(said)))
    (by_hand,) = plan(declared.parameters, declared.state, found).by_hand
    assert by_hand.startswith("service tipoff: scaling mode is manual, declared is –: ")
    assert "gcloud beta run services update tipoff --project=tipoff-test" in by_hand
    assert by_hand.endswith("--scaling=auto`")
