"""One look at everything, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from clients.deploying.commands import Plan
from clients.deploying.declared import Declared
from clients.deploying.parameters import Parameters
from clients.drift import code, deployed, running, stored
from clients.drift.asking import Asking, Words, policy_words, revisions_words, services_words
from clients.drift.finding import Finding, Part, Word, undetermined, worst
from clients.drift.services import Service
from clients.identity import Identity
from clients.options import opened
from clients.smoke.asking import Answer, Deployed, Unanswered
from processors.errors import TipoffError
from processors.registry import Registry
from service.models.answers import Coverage, Version
from service.settings import Settings

WAIT = 5.0
"""For a file that another process holds."""


@dataclass(frozen=True)
class Report:
    """Everything that was compared, and what `deploy/apply` would run."""

    findings: tuple[Finding, ...]
    plan: Plan

    @property
    def word(self) -> Word:
        return worst(self.findings)


@dataclass(frozen=True, kw_only=True)
class Check:
    """What is compared with what; nothing is changed."""

    declared: Declared
    services: Sequence[Service]
    asking: Asking
    registry: Registry
    url: str
    """Where ours answers."""
    identity: Identity
    settings: Settings | None = None
    """Of a warehouse that is looked at itself; else the service tells of it."""

    def report(self) -> Report:
        there = deployed.examined(self.asking, self.declared)
        self.asking.all(self._questions())
        found = [code.looked_up(self.asking, one) for one in self.services]
        ours = next(one for one in found if one.service.is_declared_by(self._told))
        says = running.answering(self._version, ours.traffic)
        findings = [
            *there.findings,
            *deployed.of_serving(there, self._told.service, ours.traffic),
            *(one for each in found if each is not ours for one in self._of_callers(each)),
            *(one for each in found for one in code.of_traffic(each)),
            *(one for each in found for one in code.of_commits(each, says if each is ours else {})),
            *running.of_running(self.url, self._version, self.registry),
            *running.of_revision(self.url, self._version, ours.traffic),
            *running.of_tables(self.url, self._version, self.registry),
            *self._of_schema(),
            *self._of_data(),
        ]
        return Report(tuple(findings), there.plan)

    @property
    def _told(self) -> Parameters:
        return self.declared.parameters

    def _questions(self) -> Iterator[Words]:
        for one in self.services:
            yield services_words(one.project, one.region)
            yield revisions_words(one.project, one.region)
            if not one.is_declared_by(self._told):
                yield policy_words(one.name, one.project, one.region)

    def _of_callers(self, found: code.Found) -> Iterator[Finding]:
        return code.of_callers(self.asking, found.service, found.said)

    @cached_property
    def _version(self) -> Version | str:
        return self._answer(Version, "/version")

    def _of_data(self) -> Iterator[Finding]:
        """As the service sees it: with the code that runs, not with this checkout's."""
        found = self._answer(Coverage, "/coverage")
        if isinstance(found, str):
            yield undetermined(Part.DATA, self.url, found)
        else:
            yield from stored.of_data(self.url, found)

    def _of_schema(self) -> Iterator[Finding]:
        if self.settings is None:
            return
        contracts = list(self.registry.contracts.values())
        try:
            warehouse = opened(self.settings, WAIT)
            try:
                found = stored.flat(warehouse.differences(contracts).values())
            finally:
                warehouse.close()
        except TipoffError as error:
            yield undetermined(Part.TABLES, self.settings.warehouse, error.message)
            return
        yield from stored.of_schema(self.settings.warehouse, found, len(contracts))

    def _answer(self, model: type[Answer], path: str) -> Answer | str:
        try:
            with Deployed(self.url, self.identity) as there:
                return there.ask(model, path)
        except Unanswered as unanswered:
            return f"{path}: {unanswered.why}"
        except TipoffError as error:
            return f"{path}: {error.message}"
