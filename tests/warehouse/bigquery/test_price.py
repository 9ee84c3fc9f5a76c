"""What a plan costs on BigQuery: by dry run, many at once; and what was billed in the end."""

from __future__ import annotations

import pytest

from pipeline.batches import Batch
from pipeline.cost import cost_of, foretell
from processors.errors import QuotaExceeded
from tests.bigquery.server import BigQueryServer
from tests.warehouse.bigquery.conftest import OpenShop, sent
from tests.warehouse.toys import D1, D2, D3, MAKER, ROWS, span


def a_date_each() -> list[Batch]:
    return [
        Batch(processor=MAKER, span=span(day, day), days=(day,), waits=False)
        for day in (D1, D2, D3)
    ]


def test_foretold(open_shop: OpenShop, server: BigQueryServer) -> None:
    """One dry run each, and nothing else; a date without rows costs nothing to read."""
    found = foretell(open_shop(ROWS), a_date_each())
    first, second, third = (one.bytes for one in found)
    assert first == second
    assert (first or 0) > 0 == third
    assert cost_of(found).whole.bytes == 2 * (first or 0)
    assert [one.dry_run for one in server.requests if one.kind == "query"] == [True] * 3
    assert sent(server) == []


def test_refused(open_shop: OpenShop, server: BigQueryServer) -> None:
    shop = open_shop(ROWS)
    server.faults.answer("quotaExceeded", nth=2, method="POST", kind="query")
    with pytest.raises(QuotaExceeded):
        foretell(shop, a_date_each())


def test_billed(open_shop: OpenShop) -> None:
    """Staging says what it billed, which is no less than what was foretold."""
    shop = open_shop(ROWS)
    billed = shop.stage(MAKER, span())
    assert (billed or 0) >= (shop.foretold_bytes(MAKER, span()) or 0) > 0
