"""The page on BigQuery says what the layout and the jobs are."""

from __future__ import annotations

import re
from pathlib import Path

from clients.doctor import access, places, pubsub, rights, visit
from processors.registry import Registry
from warehouse.bigquery.connection import ATTEMPTS, pause
from warehouse.bigquery.failures import RETRIED_REASONS
from warehouse.bigquery.schema import ABOUT, requires_filter

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "bigquery.md").read_text()


def section(title: str) -> str:
    return PAGE.split(f"{title}\n", 1)[1].split("\n#", 1)[0]


def test_not_run_against_the_real_one() -> None:
    assert PAGE.split("\n")[2].startswith("**Not run against real BigQuery.**")


def test_datasets() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", section("## Setting up"), re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"\w+", row)} == set(ABOUT)


def test_facts(registry: Registry) -> None:
    """Those whose queries must name dates."""
    said = re.search(r"are refused\*\* on raw facts: ([^.]*)\.", PAGE)
    assert said
    facts = {one.name for one in registry.contracts.values() if requires_filter(one)}
    assert set(re.findall(r"`(\w+)`", said.group(1))) == facts


def test_retries() -> None:
    pauses = ", ".join(f"{pause(one, spread=lambda _, high: high):g}" for one in range(5))
    assert f"{ATTEMPTS} times in all, after {pauses} s" in PAGE
    told = set(re.findall(r"`(\w+)`", section("## Jobs").split("| tries again")[0]))
    assert {one for one in RETRIED_REASONS if one in told} == {
        "rateLimitExceeded",
        "backendError",
        "internalError",
    }
    assert "quotaExceeded" not in RETRIED_REASONS


def test_roles_of_the_doctor() -> None:
    """Whatever role it says is lacking is among the roles."""
    needed = (access.SEND_JOBS, places.READ_METADATA, rights.READ, rights.EDIT)
    said = " ".join((*needed, visit.MAKE_DATASETS, pubsub.LOOK))
    roles = set(re.findall(r"roles/[\w.]+", said))
    assert roles <= set(re.findall(r"roles/[\w.]+", section("## Roles")))
    assert len(roles) == 6
