"""Everything of the declared kinds that is deployed, asked of gcloud: lists, then policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from clients.deploying import observed
from clients.deploying.declared import LATEST, Declared
from clients.deploying.parameters import Parameters
from clients.deploying.resource import PROJECT, Grant, Kind, Place, Resource, State
from processors.errors import GcloudFailed

NOT_OURS = ("project", "secret")
"""Places that we don't make: asked of at once, and where one isn't there, gcloud says so."""
AT_ONCE = 4
POLICY = "get-iam-policy"
Words = tuple[str, ...]


class Asked(Protocol):
    """Who answers in JSON; None is what isn't there."""

    def ask(self, words: Sequence[str]) -> Any: ...  # noqa: ANN401  whatever JSON can be


@dataclass(frozen=True)
class Found:
    """What is deployed; and where no image is told, the one that answers requests now."""

    state: State
    serving_image: str | None


def look(asked: Asked, declared: Declared) -> Found:
    """What couldn't be looked at is undetermined, never taken for absent."""
    told = declared.parameters
    undetermined: dict[Kind | Place, str] = {}

    def answer(question: tuple[Kind | Place, Words]) -> Any:  # noqa: ANN401
        try:
            return asked.ask(question[1])
        except GcloudFailed as error:
            undetermined[question[0]] = error.message
            return None

    with ThreadPoolExecutor(AT_ONCE) as several:
        lists = list_words(declared)
        answers = dict(zip(lists, several.map(answer, lists.items()), strict=True))
        resources = tuple(_resources(answers))
        places = _places(declared, resources, undetermined)
        policies = list(several.map(answer, places.items()))
    grants = _grants(zip(places, policies, strict=True))
    state = State(resources=resources, grants=grants, undetermined=undetermined)
    image = None if told.image else _serving_image(asked, answers[Kind.SERVICE], told)
    return Found(state, image)


def list_words(declared: Declared) -> Mapping[Kind | Place, Words]:
    """The question for each kind."""
    told = declared.parameters
    project, region = f"--project={told.project}", f"--region={told.region}"
    location, form = f"--location={told.region}", "--format=json"
    return {
        Kind.ACCOUNT: ("gcloud", "iam", "service-accounts", "list", project, form),
        Kind.REPOSITORY: ("gcloud", "artifacts", "repositories", "list", project, location, form),
        Kind.TOPIC: ("gcloud", "pubsub", "topics", "list", project, form),
        Kind.DATASET: (
            "bq",
            f"--project_id={told.project}",
            form,
            "show",
            declared.bigquery.scratch.name,
        ),
        Kind.SERVICE: ("gcloud", "run", "services", "list", project, region, form),
        Kind.JOB: ("gcloud", "run", "jobs", "list", project, region, form),
        Kind.SUBSCRIPTION: ("gcloud", "pubsub", "subscriptions", "list", project, form),
        Kind.SCHEDULE: ("gcloud", "scheduler", "jobs", "list", project, location, form),
    }


READ: Mapping[Kind, Callable[[Mapping[str, Any]], Resource]] = {
    Kind.ACCOUNT: observed.account,
    Kind.REPOSITORY: observed.repository,
    Kind.TOPIC: observed.topic,
    Kind.DATASET: observed.dataset,
    Kind.SERVICE: observed.service,
    Kind.JOB: observed.job,
    Kind.SUBSCRIPTION: observed.subscription,
    Kind.SCHEDULE: observed.schedule,
}


def _resources(answers: Mapping[Kind | Place, Any]) -> Iterable[Resource]:
    for kind, read in READ.items():
        said = answers[kind] or []
        for one in [said] if isinstance(said, dict) else said:
            yield read(one)


def _places(
    declared: Declared, there: Sequence[Resource], undetermined: dict[Kind | Place, str]
) -> Mapping[Kind | Place, Words]:
    """Whose policies are asked for: those that we declare something in, and that are there."""
    names = {(one.kind.value, one.name) for one in there}
    wanted = sorted({one.place for one in declared.state.grants})
    for place in wanted:
        if place.kind not in NOT_OURS and Kind(place.kind) in undetermined:
            undetermined[place] = undetermined[Kind(place.kind)]
    return {
        place: (*policy_words(place, POLICY, declared.parameters), "--format=json")
        for place in wanted
        if place.kind in NOT_OURS or (place.kind, place.name) in names
    }


def policy_words(place: Place, verb: str, told: Parameters) -> Words:
    """The command about a place's policy, up to its verb's own flags."""
    project, region = f"--project={told.project}", f"--region={told.region}"
    if place == PROJECT:
        return ("gcloud", "projects", verb, told.project)
    if place.kind == "secret":
        return ("gcloud", "secrets", verb, place.name, project)
    if place.kind in ("service", "job"):
        return ("gcloud", "run", f"{place.kind}s", verb, place.name, project, region)
    if place.kind in ("topic", "subscription"):
        return ("gcloud", "pubsub", f"{place.kind}s", verb, place.name, project)
    if place.kind == "account":
        return ("gcloud", "iam", "service-accounts", verb, told.email(place.name), project)
    location = f"--location={told.region}"
    return ("gcloud", "artifacts", "repositories", verb, place.name, project, location)


def _grants(policies: Iterable[tuple[Kind | Place, Any]]) -> frozenset[Grant]:
    return frozenset(
        grant
        for place, policy in policies
        if isinstance(place, Place) and policy
        for grant in observed.grants(place, policy)
    )


def _serving_image(
    asked: Asked, services: Sequence[Mapping[str, Any]] | None, told: Parameters
) -> str | None:
    """None where nothing serves, or several revisions do."""
    said = next((one for one in services or [] if one["metadata"]["name"] == told.service), None)
    if said is None:
        return None
    if observed.traffic(said) == LATEST:
        return observed.service(said).fields.get("image")
    serving = [*observed.shares(said)]
    if len(serving) != 1:
        return None
    region, project = f"--region={told.region}", f"--project={told.project}"
    words = ("gcloud", "run", "revisions", "describe", serving[0], project, region, "--format=json")
    revision = asked.ask(words)
    return observed.template_fields(revision).get("image") if revision else None
