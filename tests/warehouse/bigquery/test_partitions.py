"""What BigQuery says of the partitions: of dates only where they are partitioned by the date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from tests.bigquery.server import BigQueryServer
from tests.warehouse.bigquery.conftest import OpenShop
from tests.warehouse.toys import CONTRACTS as CONTRACTS_OF_TOYS
from tests.warehouse.toys import D1, D2, RAW, TOYS, by_hand, prints, toy
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.bigquery.partitions import Held, Partitions, read

NOON = datetime(2024, 11, 2, 12)
CONTRACTS = {("nba_raw", "toys"): RAW, ("nba_analytics", "toys_seen"): TOYS}


def row(table: tuple[str, str], partition: str | None, by: str | None) -> tuple[object, ...]:
    return (*table, partition, 3, NOON, by)


def test_of_a_date() -> None:
    found = read([row(("nba_raw", "toys"), "20241101", "made_on")], CONTRACTS)
    assert found == {"nba_raw.toys": Partitions({D1: Held(3, NOON)})}
    assert found["nba_raw.toys"].is_settled
    assert found["nba_raw.toys"].changed_at == NOON


@pytest.mark.parametrize("by", ["loaded_on", "_PARTITIONTIME", None])
def test_of_another_day(by: str | None) -> None:
    (found,) = read([row(("nba_raw", "toys"), "20241101", by)], CONTRACTS).values()
    assert found.days == {}
    assert not found.is_settled
    assert found.changed_at == NOON


def test_of_tables_that_are_not_ours() -> None:
    assert read([row(("nba_raw", "games"), "20241101", "made_on")], CONTRACTS) == {}


@pytest.fixture
def opened(open_shop: OpenShop) -> Iterator[BigQueryWarehouse]:
    """A shop whose raw table may be made anew."""
    shop = open_shop([toy(D1, "ann")])
    yield shop
    by_hand(shop, f"DROP TABLE IF EXISTS `{RAW.table}`")
    shop.migrate(CONTRACTS_OF_TOYS)


def test_others_partition_theirs_otherwise(
    opened: BigQueryWarehouse, server: BigQueryServer
) -> None:
    """By the day of loading: nothing tells what changed of a date, so it is read each time."""
    table = f"`{opened._place.table(RAW.table)}`"
    columns = ", ".join(f"{one.name} {one.type.value}" for one in RAW.columns)
    by_hand(opened, f"DROP TABLE {table}")
    by_hand(opened, f"CREATE TABLE {table} ({columns}, loaded_on DATE) PARTITION BY loaded_on")

    def arrive(day: date, name: str) -> None:
        names = "made_on, name, loaded_on"
        row = f"(DATE '{day}', '{name}', DATE '2026-11-20')"
        by_hand(opened, f"INSERT INTO {table} ({names}) VALUES {row}")

    arrive(D1, "ann")
    server.advance(600)
    opened.look()
    assert prints(opened).keys() == {D1}
    arrive(D2, "bob")
    assert prints(opened).keys() == {D1, D2}
