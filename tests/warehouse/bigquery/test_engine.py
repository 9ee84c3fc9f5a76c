"""What BigQuery is asked for: as many jobs for a season as for two dates, for three players as for
three hundred."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.gates import examine
from processors.registry import Processor
from tests.bigquery.server import BigQueryServer
from tests.warehouse.bigquery.conftest import OpenShop, exchanged, sent
from tests.warehouse.toys import (
    D1,
    KINDS,
    MAKER,
    OPS,
    RAW,
    TOYS,
    by_hand,
    dead_runs,
    publication,
    span,
)
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.interface import Errand, proven_columns

EXPECTED = (
    "SELECT made_on, name, CAST(NULL AS STRING) AS left_out_reason FROM `nba_raw.toys`"
    " WHERE made_on >= @start_date AND made_on <= @end_date"
)
GAUGED = Processor(replace(TOYS, expected=EXPECTED), MAKER.statement)

Count = Callable[..., tuple[int, int]]


def fill(warehouse: BigQueryWarehouse, dates: int, players: int) -> None:
    """So many toys on each of so many dates, made where they are stored; one of them is bad."""
    last = D1 + timedelta(days=dates - 1)
    by_hand(
        warehouse,
        "INSERT INTO `nba_raw.toys` (made_on, name, wheels, weight, is_red)"
        " SELECT made_on, CONCAT('toy ', CAST(n AS STRING)), n, IF(n = 1, -1.0, 1.5), TRUE"
        f" FROM UNNEST(GENERATE_DATE_ARRAY('{D1}', '{last}')) AS made_on"
        f" CROSS JOIN UNNEST(GENERATE_ARRAY(1, {players})) AS n",
    )


@pytest.fixture
def count(open_shop: OpenShop, server: BigQueryServer) -> Count:
    """Jobs and requests of staging, examining, publishing and verifying."""

    def counted(dates: int, players: int) -> tuple[int, int]:
        shop = open_shop()
        fill(shop, dates, players)
        whole = span(last=D1 + timedelta(days=dates - 1))
        days = [whole.start + timedelta(days=number) for number in range(dates)]
        shop.look()
        server.requests.clear()
        errand = Errand(inputs=f"{dates} of {players}", run_id="run")
        shop.stage(GAUGED, whole, errand)
        examined = examine(shop, GAUGED.contract, whole)
        assert {day: (one.staged, one.good) for day, one in examined.items()} == dict.fromkeys(
            days, (players, players - 1)
        )
        said = {"quarantined": days, "ledger": {"nba_ops.runs": dead_runs(dates)}}
        shop.publish(publication(*days, **said), lambda _: None)
        (found,) = shop.fingerprints(
            TOYS, [proven_columns(TOYS)], first=whole.start, last=whole.end
        )
        assert found == {day: one.fingerprint for day, one in examined.items()}
        return len(sent(server)), exchanged(server)

    return counted


class TestConstant:
    @pytest.mark.parametrize(("dates", "players"), [(2, 3), (10, 3), (30, 3), (2, 300)])
    def test_of_several_dates(self, count: Count, dates: int, players: int) -> None:
        """Staged; counted, covered, summed up and exemplified; published; scanned. Whose rows are
        read asks for them once more."""
        assert count(dates, players) == (7, 12)

    @pytest.mark.parametrize("players", [3, 300])
    def test_of_one_date(self, count: Count, players: int) -> None:
        """Its rows and what is remembered of them are a job each."""
        assert count(1, players) == (8, 13)


class TestMigrate:
    def test_again_changes_nothing(self, open_shop: OpenShop) -> None:
        shop = open_shop()
        assert shop.migrate([RAW, KINDS, TOYS, *OPS]) == []
        assert shop.differences([RAW, KINDS, TOYS, *OPS]) == {}
