"""The product's texts that read raw facts, on the schema that is applied: read by Google's
analyser, and none is refused for naming no dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from clients.generated import product_texts
from processors.errors import WarehouseFailed
from processors.registry import load
from tests.bigquery.server import BigQueryServer
from warehouse.bigquery.address import Address
from warehouse.bigquery.catalogue import Catalogue
from warehouse.bigquery.connection import EMULATOR, Connection
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.names import placed
from warehouse.bigquery.request import Request
from warehouse.bigquery.schema import requires_filter
from warehouse.bigquery.wanted import wanted

DAYS = ("start_date", "end_date", "history_start", "first_date", "last_date", "day")
GIVEN = dict.fromkeys(DAYS, date(2024, 11, 18)) | {
    "player": "ann",
    "game_id": "1",
    "system_id": "ridge",
}
REGISTRY = load()
FACTS = [one.table for one in REGISTRY.contracts.values() if requires_filter(one)]
TEXTS = [text for text in product_texts(REGISTRY) if any(f"`{name}`" in text for name in FACTS)]


@pytest.fixture(scope="module")
def place(shared_server: BigQueryServer) -> Iterator[tuple[Address, Jobs]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EMULATOR, shared_server.endpoint)
        address = Address(shared_server.project, "US", "texts_")
        connection = Connection(address)
        Catalogue(connection).apply(wanted(REGISTRY, address))
        yield address, Jobs(connection)
        connection.close()


def asked(text: str, address: Address) -> Request:
    return Request(what="a text", text=placed(text, address, {}), parameters=GIVEN)


def test_there_are_some() -> None:
    assert len(TEXTS) > 10
    assert set(FACTS) == {
        "nba_raw.injury_report",
        "nba_raw.live_predictions",
        "nba_raw.model_predictions",
        "nba_raw.odds_game_lines",
        "nba_raw.odds_player_points",
        "nba_raw.player_boxscores",
        "nba_raw.shots",
    }


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_reads_dates(place: tuple[Address, Jobs], number: int) -> None:
    address, jobs = place
    text = TEXTS[number]
    for one in REGISTRY:
        # The columns of what is staged are those of the table and two more.
        text = text.replace(f"`staging.{one.contract.name}`", _staged(one.table))
    assert jobs.foretold_bytes(asked(text, address)) == 0


def _staged(table: str) -> str:
    return f"(SELECT *, '' AS quarantine_reason FROM `{table}`)"


def test_without_dates(place: tuple[Address, Jobs]) -> None:
    address, jobs = place
    with pytest.raises(WarehouseFailed, match="without a filter over column"):
        jobs.foretold_bytes(asked("SELECT COUNT(*) FROM `nba_raw.shots`", address))
    jobs.foretold_bytes(asked("SELECT COUNT(*) FROM `nba_raw.schedule`", address))
