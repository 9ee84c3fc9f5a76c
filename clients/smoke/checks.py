"""The three questions: is it ready, is it the commit, what would it do for a date."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from clients.doctor.finding import Finding, failed, passed, skipped
from clients.smoke.asking import Deployed, Unanswered
from service.models.answers import Processed, Ready, Version

PAUSE = 1.0
TRIGGERED_BY = "tipoff smoke"
LOGS = "read its logs"
KEPT = (
    "where /version is answered there, Google keeps this path for itself: look in the logs whether"
    " it is ready; where it isn't, no service is behind the address"
)
REFUSED = "its account needs roles/run.invoker and a place in TIPOFF_ALLOWED_EMAILS"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Of what was deployed."""

    commit: str
    day: str
    wait: float
    """Seconds until it must be ready."""


def examined(deployed: Deployed, expected: Expected) -> Iterator[Finding]:
    ready = _ready(deployed, expected.wait)
    yield ready
    version = _version(deployed)
    yield version if isinstance(version, Finding) else _is_the_commit(version, expected.commit)
    if isinstance(version, Finding):
        yield skipped("date", "its version isn't known")
    else:
        yield _date(deployed, expected.day, version)


def _ready(deployed: Deployed, wait: float) -> Finding:
    """Again and again: a start takes its time, and tables may be extended in it."""
    begun = time.monotonic()
    while True:
        try:
            said = deployed.ask(Ready, "/readyz")
        except Unanswered as unanswered:
            why, may_come = unanswered.why, unanswered.may_come
            do = KEPT if unanswered.is_before else LOGS
        else:
            if said.ready:
                return passed("ready", f"after {time.monotonic() - begun:.1f} s")
            why, may_come, do = said.reason or "it doesn't say why", True, LOGS
        if not may_come:
            return failed("ready", why, REFUSED)
        if time.monotonic() - begun + PAUSE > wait:
            return failed("ready", f"not within {wait:g} s: {why}", do)
        time.sleep(PAUSE)


def _version(deployed: Deployed) -> Version | Finding:
    try:
        return deployed.ask(Version, "/version")
    except Unanswered as unanswered:
        return failed("version", unanswered.why)


def _is_the_commit(version: Version, commit: str) -> Finding:
    if version.commit != commit:
        return failed(
            "version",
            f"commit {version.commit or 'unknown'} answers, {commit} was deployed",
            "send it no traffic: another image runs here",
        )
    if not version.built_at:
        return failed("version", "it doesn't know when it was built", "build it by the Dockerfile")
    return passed("version", f"{commit}, built {version.built_at}, on {version.engine}")


def _date(deployed: Deployed, day: str, version: Version) -> Finding:
    """A dry run plans as a run does, and writes nothing."""
    body = {"analysis_date": day, "dry_run": True, "triggered_by": TRIGGERED_BY}
    try:
        answer = deployed.ask(Processed, "/process-date", body)
    except Unanswered as unanswered:
        return failed("date", unanswered.why, "" if unanswered.may_come else REFUSED)
    if answer.plan is None or not answer.plan.items:
        return failed("date", f"{answer.analysis_date}: {answer.status}, and no plan")
    if answer.run_id is not None:
        return failed("date", f"the dry run left a run, {answer.run_id}", "send it no traffic")
    strangers = answer.logic_versions.items() - version.logic_versions.items()
    if strangers:
        names = ", ".join(sorted(table for table, _ in strangers))
        return failed("date", f"another instance's logic: {names}", "look who else answers there")
    states = Counter(item.state for item in answer.plan.items)
    said = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    return passed("date", f"{answer.analysis_date}: {said}")
