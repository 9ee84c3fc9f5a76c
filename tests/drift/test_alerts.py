"""Alert policies are ones that Cloud Monitoring knows, of metrics and log fields that there are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from clients.deploying.declared import Declared
from pipeline.audit.verdict import Word
from pipeline.outcome import Status
from service.office import opened
from service.settings import Settings
from tests.deploy.messages import unknown_fields

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "deploy" / "alerts").glob("*.yaml"))
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
MESSAGES = "monitoring.v3.monitoring_v3_messages"
KINDS = ("conditionMatchedLog", "conditionPrometheusQueryLanguage", "conditionThreshold")
WORDS = {
    "status": {one.value for one in Status},
    "drift": {one.value for one in Word},
}
"""What a field can hold, where it is one of few."""
by_file = pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)


def policy(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(file.read_text())
    return read


def condition(file: Path) -> dict[str, Any]:
    (found,) = policy(file)["conditions"]
    (kind,) = found.keys() & {*KINDS}
    return {"kind": kind, **found[kind]}


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """By metric, its labels: as the service's own page has them, and its documents."""
    file = tmp_path_factory.mktemp("metrics") / "empty.duckdb"
    with opened(Settings(warehouse=f"duckdb://{file}")) as office:
        page = office.metrics.page().decode()
    names = re.findall(r"^# TYPE (tipoff_\w+) ", page, re.MULTILINE)
    told = (ROOT / "docs" / "observing.md").read_text()
    rows = re.findall(r"^\| `(tipoff_\w+)`[^|]*\|([^|]*)\|", told, re.MULTILINE)
    labels = {name: {*re.findall(r"`(\w+)`", cell)} for name, cell in rows}
    return {name: labels.get(name, set()) for name in names}


@pytest.fixture(scope="module")
def written() -> set[str]:
    """Fields of log lines: those that some line is written with, and those of a traceback."""
    return {
        keyword.arg
        for file in (ROOT / "service").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tell"
        for keyword in node.keywords
        if keyword.arg
    } | {"stack_trace"}


def test_each_is_a_policy() -> None:
    """By the Cloud SDK's own class: a field that it doesn't know would be refused."""
    found = [(MESSAGES, "AlertPolicy", policy(file)) for file in FILES]
    planted = policy(FILES[0]) | {"colour": "red"}
    assert unknown_fields([*found, (MESSAGES, "AlertPolicy", planted)]) == ["AlertPolicy.colour"]


@by_file
def test_shape(file: Path) -> None:
    read = policy(file)
    assert read["displayName"].startswith("Tipoff: ")
    assert read["severity"] in ("ERROR", "WARNING")
    assert read["combiner"] == "OR"
    assert read["documentation"]["content"] == f"docs/runbook.md#{file.stem}"
    if condition(file)["kind"] == "conditionMatchedLog":
        # Cloud Monitoring takes no such policy without.
        assert "notificationRateLimit" in read["alertStrategy"]


@by_file
def test_metrics(file: Path, exposed: dict[str, set[str]]) -> None:
    """Of the service's own; of Pub/Sub's only those that are named here."""
    read = condition(file)
    if read["kind"] == "conditionPrometheusQueryLanguage":
        ((name, labels),) = re.findall(r"(tipoff_\w+)(?:\{([^}]*)\})?", read["query"])
        assert name in exposed
        assert {*re.findall(r"(\w+)=", labels)} <= exposed[name]
    if read["kind"] == "conditionThreshold":
        (name,) = re.findall(
            r'metric\.type="pubsub\.googleapis\.com/subscription/(\w+)"', read["filter"]
        )
        assert name in ("num_undelivered_messages", "oldest_unacked_message_age")


@by_file
def test_log_fields(file: Path, written: set[str]) -> None:
    for name, words in _fields(condition(file).get("filter", "")):
        assert name in written
        if name in WORDS and words:
            assert words <= WORDS[name]


@by_file
def test_what_is_named_is_declared(file: Path, declared: Declared) -> None:
    filter_ = condition(file).get("filter", "")
    pubsub = declared.pubsub
    for name in re.findall(r'service_name="([^"]+)"', filter_):
        assert name == declared.service.name
    for name in re.findall(r'subscription_id="([^"]+)"', filter_):
        assert name in (pubsub.push.name, pubsub.kept.name)
    for start in re.findall(r'job_id:"([^"]+)"', filter_):
        assert all(one.name.startswith(start) for one in declared.scheduler.jobs)


def test_runbook() -> None:
    """A section for each outcome and each alert, and no other."""
    parts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
    sections = {
        name: re.findall(r"^### (\S+)$", text, re.MULTILINE) for name, text in parts.items()
    }
    assert sections["Outcomes"] == [one.value for one in Status]
    assert sorted(sections["Alerts"]) == [file.stem for file in FILES]
    anchors = {one for several in sections.values() for one in several} | {"metrics"}
    assert {*re.findall(r"\]\(#([\w-]+)\)", RUNBOOK)} <= anchors


def test_links() -> None:
    """To pages and to their headings."""
    for page, anchor in re.findall(r"\]\(([\w-]+\.md)(?:#([\w-]+))?\)", RUNBOOK):
        text = (ROOT / "docs" / page).read_text()
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        assert not anchor or anchor in {one.lower().replace(" ", "-") for one in headings}


def _fields(filter_: str) -> Iterator[tuple[str, set[str]]]:
    for name, words in re.findall(r"jsonPayload\.(\w+)(?:=\(([^)]*)\))?", filter_):
        yield name, {*re.findall(r'"(\w+)"', words)}
