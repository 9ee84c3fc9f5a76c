"""From declared and found to commands: their order, what waits, one flag for one field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from clients.deploying.accounts import Agent
from clients.deploying.commands import Plan, plan
from clients.deploying.declared import Declared
from clients.deploying.differences import Difference, compared, differences
from clients.deploying.looking import look
from clients.deploying.resource import PROJECT, Grant, Kind, Place, State
from processors.errors import GcloudFailed

EMPTY = State()


def planned(declared: Declared, found: State) -> Plan:
    state = declared.state
    return plan(declared.parameters, state, differences(state, found))


def test_what_stands_on_another_comes_after_it(declared: Declared) -> None:
    words = [" ".join(one.words[:4]) for one in planned(declared, EMPTY).commands]
    order = [
        "gcloud iam service-accounts create",
        "gcloud pubsub topics create",
        "gcloud projects add-iam-policy-binding tipoff-test",
        "gcloud run deploy tipoff",
        "gcloud run jobs create",
        "gcloud pubsub subscriptions create",
        "gcloud scheduler jobs create",
        "gcloud run services add-iam-policy-binding",
    ]
    places = [words.index(one) for one in order]
    assert places == sorted(places)
    last = max(place for place, one in enumerate(words) if one == order[2])
    assert last < words.index(order[3]), "the service starts with its rights"


def test_without_an_image_all_but_what_stands_on_it_is_made(declared: Declared) -> None:
    told = declared.parameters.model_copy(update={"image": None})
    found = planned(replace(declared, parameters=told), EMPTY)
    assert not [one for one in found.commands if one.words[1] in ("run", "scheduler")]
    in_all = len(planned(declared, EMPTY).commands)
    assert len(found.commands) + len(found.waiting) == in_all
    assert [one.partition(" is not there")[0] for one in found.waiting][:3] == [
        "service tipoff",
        "job tipoff-rebuild",
        "schedule tipoff-today",
    ]
    assert [one for one in found.waiting if "roles/run.invoker" in one]


@pytest.mark.parametrize(
    ("kind", "name", "field", "value", "flags"),
    [
        (Kind.SERVICE, "tipoff", "time-out", "300", ["--timeout=600"]),
        (Kind.SERVICE, "tipoff", "start-up boost", "no", ["--cpu-boost"]),
        (Kind.SERVICE, "tipoff", "env EXTRA", "1", ["--remove-env-vars=EXTRA"]),
        (
            Kind.SERVICE,
            "tipoff",
            "env TIPOFF_AUTH",
            None,
            ["--update-env-vars=TIPOFF_AUTH=platform"],
        ),
        (Kind.SERVICE, "tipoff", "secret KEY", "k:1", ["--remove-secrets=KEY"]),
        (Kind.JOB, "tipoff-rebuild", "tasks", "9", ["--tasks=4"]),
        (Kind.SUBSCRIPTION, "tipoff-landed", "ack deadline", "10", ["--ack-deadline=540"]),
        (
            Kind.SUBSCRIPTION,
            "tipoff-landed",
            "max retry",
            "60",
            ["--min-retry-delay=10s", "--max-retry-delay=600s"],
        ),
        (Kind.SCHEDULE, "tipoff-today", "time zone", "Etc/UTC", ["--time-zone=America/New_York"]),
        (Kind.DATASET, "tipoff_scratch", "table expiration", None, []),
    ],
)
def test_a_field_is_set_by_its_flag_alone(
    kind: Kind, name: str, field: str, value: str | None, flags: list[str], declared: Declared
) -> None:
    original = declared.state.find(kind, name)
    assert original is not None
    there = {key: one for key, one in {**original.fields, field: value}.items() if one}
    differing = list(compared(original, replace(original, fields=there)))
    command = plan(declared.parameters, declared.state, differing).commands[0]
    where = ("--project", "--region", "--location")
    said = [one for one in command.words[1:] if one.startswith("--") and not one.startswith(where)]
    assert said == (flags or ["--default_table_expiration=86400"])
    assert command.why == differing[0].says


def test_what_gcloud_cannot_change_is_left_to_somebody(declared: Declared) -> None:
    subscription = declared.state.find(Kind.SUBSCRIPTION, "tipoff-landed")
    dataset = declared.state.find(Kind.DATASET, "tipoff_scratch")
    assert subscription is not None
    assert dataset is not None
    filtered = replace(subscription, fields={**subscription.fields, "filter": "x"})
    moved = replace(dataset, fields={**dataset.fields, "location": "eu"})
    found = [*compared(subscription, filtered), *compared(dataset, moved)]
    todo = plan(declared.parameters, declared.state, found)
    assert todo.commands == ()
    assert "gcloud pubsub subscriptions delete tipoff-landed" in todo.by_hand[0]
    assert "BigQuery can't move it" in todo.by_hand[1]


def test_a_secret_that_is_not_there_is_not_taken_for_one_without_rights(
    declared: Declared,
) -> None:
    """Secrets aren't ours to make: whose policy can't be read is undetermined."""
    place = Place("secret", "odds-key")
    agent = Agent(email="a@b.gserviceaccount.com", may=("roles/viewer on secret odds-key",))
    accounts = declared.accounts.model_copy(update={"agents": (agent,)})
    asked: list[tuple[str, ...]] = []

    class Refusing:
        def ask(self, words: Sequence[str]) -> Any:
            asked.append(tuple(words))
            if words[1] == "secrets":
                raise GcloudFailed("NOT_FOUND: Secret odds-key")
            return None

    found = look(Refusing(), replace(declared, accounts=accounts))
    assert found.state.undetermined[place] == "NOT_FOUND: Secret odds-key"
    policy = ("gcloud", "secrets", "get-iam-policy", "odds-key", "--project=tipoff-test")
    assert (*policy, "--format=json") in asked


def test_what_cannot_be_looked_at_differs(declared: Declared) -> None:
    on_service = Place("service", "tipoff")
    blind = State(undetermined={Kind.TOPIC: "refused", on_service: "refused, too"})
    found = differences(declared.state, blind)
    says = [one.says for one in found if one.undetermined is not None]
    assert "topic tipoff-dead can't be looked at: refused" in says
    assert "grant on service tipoff can't be looked at: refused, too" in says
    assert not [one for one in found if one.grant and one.grant.place == on_service]
    commands = plan(declared.parameters, declared.state, found).commands
    assert commands
    assert not [one for one in commands if one.words[1:4] == ("pubsub", "topics", "create")]


@pytest.mark.parametrize(
    ("grant", "differs"),
    [
        (Grant(Place("service", "tipoff"), "roles/run.invoker", "user:a@example.com"), True),
        (Grant(Place("topic", "tipoff-dead"), "roles/pubsub.viewer", "allUsers"), True),
        (
            Grant(PROJECT, "roles/owner", "serviceAccount:tipoff-push@tipoff-test.iam.gsa.com"),
            False,
        ),
        (Grant(PROJECT, "roles/owner", "user:a@example.com"), False),
        (
            Grant(
                PROJECT,
                "roles/editor",
                "serviceAccount:tipoff-push@tipoff-test.iam.gserviceaccount.com",
            ),
            True,
        ),
        (
            Grant(
                PROJECT,
                "roles/pubsub.serviceAgent",
                "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
            ),
            False,
        ),
    ],
)
def test_rights_that_nobody_declared(grant: Grant, differs: bool, declared: Declared) -> None:
    """A project's own people and Google's agents are not ours to judge."""
    state = declared.state
    found = differences(state, replace(state, grants=state.grants | {grant}))
    wanted = (Difference(Kind.GRANT, grant.name, found="there", grant=grant),) if differs else ()
    assert found == wanted
    commands = plan(declared.parameters, state, found).commands
    assert ["remove-iam-policy-binding" in one.words for one in commands] == [True] * differs


@pytest.mark.parametrize(
    ("name", "declared_too"), [("ODDS_API_KEY", False), ("ANYTHING", False), ("A_TOKEN", True)]
)
def test_values_that_may_be_secrets_are_told_to_nobody(
    name: str, declared_too: bool, declared: Declared
) -> None:
    """Set by hand on the service; the reason of the command that takes it away is printed."""
    state = declared.state
    service = state.find(Kind.SERVICE, "tipoff")
    assert service is not None
    wanted = replace(
        service, fields=service.fields | ({f"env {name}": "x"} if declared_too else {})
    )
    there = replace(service, fields=service.fields | {f"env {name}": "sk-live-123"})
    (one,) = compared(wanted, there)
    assert one.found == "sk-live-123"
    assert "sk-live-123" not in one.says
    assert "set, not shown" in one.says
