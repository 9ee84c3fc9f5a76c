"""What a text of ours was answered holds while no table that it reads has changed."""

from __future__ import annotations

import pytest

from tests.bigquery.server import BigQueryServer
from tests.warehouse.bigquery.conftest import OpenShop, sent
from tests.warehouse.toys import D1, D2, OPS, RAW, TOYS, by_hand, publish, stage, toy
from tests.worlds import load_rows
from warehouse.bigquery import answers
from warehouse.bigquery.answers import Answers
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.bigquery.partitions import Partitions

NAMES = "SELECT name FROM `nba_raw.toys` WHERE made_on >= @first_date ORDER BY name"
BOTH = (
    "SELECT COUNT(*) FROM `nba_raw.toys` AS raw JOIN `nba_analytics.toys_seen` AS made"
    " ON made.name = raw.name WHERE raw.made_on >= @first_date AND made.made_on >= @first_date"
)
RUNS = "SELECT COUNT(*) FROM `nba_ops.runs` WHERE recorded_at >= TIMESTAMP '2000-01-01'"


@pytest.fixture
def shop(open_shop: OpenShop, server: BigQueryServer) -> BigQueryWarehouse:
    """Looked at, and asked once."""
    shop = open_shop([toy(D1, "ann"), toy(D2, "bob")])
    stage(shop)
    publish(shop, D1, D2)
    shop.look()
    names(shop)
    server.requests.clear()
    return shop


def names(shop: BigQueryWarehouse) -> list[str]:
    return [name for (name,) in shop.rows(NAMES, first_date=D1)]


class TestKept:
    def test_unchanged(self, shop: BigQueryWarehouse, server: BigQueryServer) -> None:
        assert names(shop) == ["ann", "bob"]
        assert server.requests == []
        shop.look()
        assert names(shop) == ["ann", "bob"]
        assert sent(server) == ["query"]  # the look

    def test_is_not_the_caller_s_to_change(self, shop: BigQueryWarehouse) -> None:
        shop.rows(NAMES, first_date=D1).clear()
        assert names(shop) == ["ann", "bob"]

    def test_of_other_dates(self, shop: BigQueryWarehouse) -> None:
        assert shop.rows(NAMES, first_date=D2) == [("bob",)]
        assert names(shop) == ["ann", "bob"]


class TestAskedAgain:
    def test_somebody_else_wrote(self, shop: BigQueryWarehouse, server: BigQueryServer) -> None:
        server.advance(5)
        by_hand(
            shop,
            "UPDATE `nba_raw.toys` SET name = 'cid' WHERE made_on >= '2024-11-01' AND name = 'bob'",
        )
        assert names(shop) == ["ann", "bob"]
        shop.look()
        assert names(shop) == ["ann", "cid"]

    def test_we_published(self, shop: BigQueryWarehouse) -> None:
        assert shop.rows(BOTH, first_date=D1) == [(2,)]
        by_hand(shop, "DELETE FROM `nba_raw.toys` WHERE made_on >= '2024-11-01' AND name = 'bob'")
        stage(shop)
        publish(shop, D1, D2)
        assert shop.rows(BOTH, first_date=D1) == [(1,)]

    def test_we_loaded(self, shop: BigQueryWarehouse) -> None:
        load_rows(shop, {RAW.table: [toy(D2, "dot")]}, {RAW.table: RAW})
        assert "dot" in names(shop)

    def test_books(self, shop: BigQueryWarehouse, server: BigQueryServer) -> None:
        """Others append to them all the time."""
        for _ in range(2):
            shop.rows(RUNS)
        assert len(sent(server)) == 2


ALL_SETTLED = {one.table: Partitions({}) for one in (RAW, TOYS, *OPS)}


class Asked:
    """Counts how often it was asked; each answer is another."""

    def __init__(self, rows: int = 1) -> None:
        self.times = 0
        self.rows = rows

    def __call__(self) -> list[tuple[int]]:
        self.times += 1
        return [(self.times,)] * self.rows


def of(known: Answers, asked: Asked, text: str = NAMES, **parameters: object) -> int:
    return known.read(text, parameters, asked)[0][0]


def test_a_change_while_it_is_read() -> None:
    known, asked = Answers(), Asked()
    known.told(ALL_SETTLED, [])

    def changed_meanwhile() -> list[tuple[int]]:
        known.wrote([RAW.table])
        return asked()

    known.read(NAMES, {}, changed_meanwhile)
    assert (of(known, asked), of(known, asked)) == (2, 2)


def test_nobody_has_looked() -> None:
    known, asked = Answers(), Asked()
    assert (of(known, asked), of(known, asked)) == (1, 2)


def test_nothing_of_ours_is_read() -> None:
    known, asked = Answers(), Asked()
    known.told(ALL_SETTLED, [])
    now = "SELECT CURRENT_TIMESTAMP()"
    assert (of(known, asked, now), of(known, asked, now)) == (1, 2)


def test_long_answers_are_not_kept() -> None:
    known, asked = Answers(), Asked(rows=answers.MOST_ROWS + 1)
    known.told(ALL_SETTLED, [])
    assert (of(known, asked), of(known, asked)) == (1, 2)


def test_only_so_many_are_kept() -> None:
    known, asked = Answers(), Asked()
    known.told(ALL_SETTLED, [])
    for number in range(answers.MOST_ANSWERS + 1):
        of(known, asked, number=number)
    assert of(known, asked, number=answers.MOST_ANSWERS) == answers.MOST_ANSWERS + 1
    assert of(known, asked, number=0) == answers.MOST_ANSWERS + 2
