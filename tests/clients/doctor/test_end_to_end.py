"""One date on the tests' BigQuery and on DuckDB: equal, or told where it isn't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from clients.doctor import rehearsing
from clients.doctor.check import examined
from clients.doctor.deployment import Deployment
from clients.doctor.finding import Finding, Verdict
from clients.doctor.visit import Asked, Visit
from processors.registry import Registry
from tests.bigquery.server import BigQueryServer
from tests.clients.doctor.conftest import Deploy, played, standing, two_tables
from tests.pipeline.small import BOXES, GAMES, day, nth, rewritten
from tests.worlds import load_rows
from warehouse.bigquery.address import Address
from warehouse.interface import Warehouse

COMPUTING = ("date", "statements", "end to end")


def found(deployment: Deployment, **asked: object) -> dict[str, Finding]:
    """The checks that compute; whether those before them are well is not asked."""
    checks = [one for one in Visit(deployment, Asked(**asked)).checks() if one.name in COMPUTING]  # type: ignore[arg-type]
    checks[0] = replace(checks[0], after=())
    return {one.name: one for one in examined(checks)}


def verdicts(findings: Mapping[str, Finding]) -> set[str]:
    return {one.verdict.value for one in findings.values()}


def test_equal(deploy: Deploy) -> None:
    """Nothing is left of it, and what stood stands as before."""
    deployment = deploy()
    before = standing(deployment.connection)
    seen = found(deployment)
    assert list(seen) == [
        *("date", "statement player_game_summary", "statement player_asof"),
        *("raw rows", "end to end", "rows player_game_summary", "rows player_asof"),
    ]
    assert verdicts(seen) == {"passed"}
    assert seen["rows player_game_summary"].says.startswith("32 rows of 2024-11-05, equal")
    assert seen["end to end"].says.endswith("64 rows, in a rehearsal that is dropped again")
    assert "KB for 2024-10-22 to 2024-11-05" in seen["statement player_game_summary"].says
    assert standing(deployment.connection) == before


def test_kept(deploy: Deploy, well: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever else looks drops only its own; and much is read where it is asked for."""
    monkeypatch.setattr(rehearsing, "LARGE", 1000)
    deployment = deploy()
    seen = found(deployment, is_kept=True, is_agreed=True)
    assert verdicts(seen) == {"passed"}
    assert f"rehearsal={deployment.prefix}" in seen["end to end"].says
    kept = [name for name in standing(deployment.connection) if "DOCTOR_" in name]
    assert f"{well.project}.{well.prefix}{deployment.prefix.upper()}_{GAMES}" in kept
    assert not any("nba_raw" in name for name in kept)
    another = deploy()
    assert verdicts(found(another, is_agreed=True)) == {"passed"}
    assert [name for name in standing(another.connection) if "DOCTOR_" in name] == kept
    deployment.drop(deployment.warehouse)
    assert not any("DOCTOR_" in name for name in standing(deployment.connection))


def test_one_value_differs(deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB is handed one other box score."""
    copied = rehearsing.copy_dates

    def falsified(
        source: Warehouse, target: Warehouse, registry: Registry, dates: Mapping[str, object]
    ) -> None:
        copied(source, target, registry, dates)  # type: ignore[arg-type]
        load_rows(target, {BOXES: played().rows_of("west14", nth("UTA", 3), points=30)})

    monkeypatch.setattr(rehearsing, "copy_dates", falsified)
    seen = found(deploy())
    games = seen["rows player_game_summary"]
    assert games.verdict is Verdict.FAILED
    assert "32 rows here, 32 on DuckDB, of which 1 differ: " in games.says
    assert "game_date=2024-11-05 player_lookup=uta3" in games.says
    assert "points 13 here, 30 there" in games.says
    assert seen["rows player_asof"].verdict is Verdict.PASSED
    assert seen["end to end"].verdict is Verdict.PASSED


def test_a_statement_is_refused(deploy: Deploy) -> None:
    """It is named; the others are still asked about, and nothing is computed."""
    broken = rewritten(two_tables(), GAMES, lambda text: text.replace("points", "no_such_thing", 1))
    seen = found(deploy(registry=broken))
    refused = seen["statement player_game_summary"]
    assert (refused.verdict, "no_such_thing" in refused.says) == (Verdict.FAILED, True)
    assert seen["statement player_asof"].verdict is Verdict.PASSED
    assert seen["end to end"].says == "waits for statements"


def test_much_is_not_read_unasked(
    deploy: Deploy, server: BigQueryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "LARGE", 1000)
    jobs = len(server.jobs)
    end = found(deploy())["end to end"]
    assert (end.verdict, "--yes" in end.do) == (Verdict.UNDETERMINED, True)
    assert "2024-11-05 would read" in end.says
    assert not any("publish" in one for one in list(server.jobs)[jobs:])


def test_a_denied_rehearsal(deploy: Deploy, server: BigQueryServer) -> None:
    server.faults.answer("accessDenied", method="POST", route="/projects/{project}/datasets")
    end = found(deploy())["end to end"]
    assert end.verdict is Verdict.FAILED
    assert "roles/bigquery.user on the project" in end.do


@pytest.mark.parametrize("asked", [day(2), day(1), date(2030, 1, 1)])
def test_a_date_of_which_nothing_is_computed(deploy: Deploy, asked: date) -> None:
    seen = found(deploy(), day=asked)
    assert (seen["date"].verdict, seen["date"].do) == (Verdict.UNDETERMINED, "name another --date")
    assert seen["end to end"].verdict is Verdict.SKIPPED
