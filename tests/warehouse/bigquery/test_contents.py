"""What was read of a partition holds while BigQuery says that it hasn't changed, and no longer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest

from processors.errors import WarehouseFailed
from tests.bigquery.server import BigQueryServer
from tests.warehouse.bigquery.conftest import OpenShop, sent
from tests.warehouse.toys import (
    D1,
    D2,
    D3,
    RAW,
    TOYS,
    by_hand,
    prints,
    publish,
    stage,
    toy,
)
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.interface import Fingerprint, Row, proven_columns

ROWS = [toy(day, "ann") for day in (D1, D2, D3)]
A_WHILE = 300
"""Seconds, of the server's clock."""

Another = Callable[..., BigQueryWarehouse]


@pytest.fixture
def shop(open_shop: OpenShop, server: BigQueryServer) -> BigQueryWarehouse:
    """Toys of three dates that came a while ago, looked at and read."""
    shop = open_shop(ROWS)
    server.advance(A_WHILE)
    shop.look()
    prints(shop)
    shop.look()
    server.requests.clear()
    return shop


@pytest.fixture
def published(open_shop: OpenShop, server: BigQueryServer) -> BigQueryWarehouse:
    """The same, computed and read."""
    shop = open_shop(ROWS)
    stage(shop)
    publish(shop, D1, D2, D3)
    server.advance(A_WHILE)
    shop.look()
    proven(shop)
    shop.look()
    server.requests.clear()
    return shop


def proven(warehouse: BigQueryWarehouse) -> dict[date, Fingerprint]:
    (found,) = warehouse.fingerprints(TOYS, [proven_columns(TOYS)], first=D1, last=D3)
    return found


def dates_asked(server: BigQueryServer, run: Callable[[], object]) -> list[list[str]]:
    """The dates of each question for content that was sent meanwhile."""
    before = len(server.jobs)
    run()
    return [
        [day["value"] for day in one["parameterValue"]["arrayValues"]]
        for job in list(server.jobs.values())[before:]
        for one in job.specific["queryParameters"]
        if one["name"] == "days"
    ]


def anew(another: Another) -> dict[date, Fingerprint]:
    """As a process that knows nothing reads it."""
    return prints(another())


class TestUnchanged:
    def test_nothing_is_asked(self, shop: BigQueryWarehouse, server: BigQueryServer) -> None:
        found = prints(shop)
        assert server.requests == []
        assert found.keys() == {D1, D2, D3}

    def test_after_another_look(self, shop: BigQueryWarehouse, server: BigQueryServer) -> None:
        shop.look()
        assert sent(server) == ["query"]
        prints(shop)
        assert sent(server) == ["query"]

    def test_through_another_view(self, shop: BigQueryWarehouse, server: BigQueryServer) -> None:
        assert dates_asked(server, lambda: prints(shop, ("name",))) == [
            ["2024-11-01", "2024-11-02", "2024-11-03"]
        ]

    def test_of_some_dates(self, shop: BigQueryWarehouse, server: BigQueryServer) -> None:
        (found,) = shop.fingerprints(RAW, [RAW.column_names], first=D2, last=D2)
        assert found.keys() == {D2}
        assert server.requests == []


class TestChanged:
    def test_only_those_dates(
        self, shop: BigQueryWarehouse, another: Another, server: BigQueryServer
    ) -> None:
        before = prints(shop)
        another().append({RAW.table: [toy(D2, "bob")]})
        shop.look()
        found: list[dict[date, Fingerprint]] = []
        assert dates_asked(server, lambda: found.append(prints(shop))) == [["2024-11-02"]]
        assert found[0] == anew(another)
        assert {day for day in found[0] if found[0][day] != before[day]} == {D2}

    def test_as_many_rows_as_before(self, shop: BigQueryWarehouse, another: Another) -> None:
        before = prints(shop)
        text = "UPDATE `nba_raw.toys` SET wheels = 3 WHERE made_on = '2024-11-02'"
        by_hand(another(), text)
        shop.look()
        assert prints(shop) == anew(another) != before

    def test_soon_before_it_was_read(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        """Two clocks of BigQuery's may differ by a little."""
        shop = open_shop(ROWS)
        shop.look()
        for _ in range(2):
            assert len(dates_asked(server, lambda: prints(shop))) == 1
        server.advance(A_WHILE)
        assert len(dates_asked(server, lambda: prints(shop))) == 1
        assert dates_asked(server, lambda: prints(shop)) == []

    def test_a_partition_that_is_new(self, shop: BigQueryWarehouse, another: Another) -> None:
        by_hand(another(), "DELETE FROM `nba_raw.toys` WHERE made_on = '2024-11-02'")
        shop.look()
        assert prints(shop).keys() == {D1, D3}
        another().append({RAW.table: [toy(D2, "bob")]})
        shop.look()
        assert prints(shop) == anew(another)

    def test_a_partition_that_vanished(
        self, shop: BigQueryWarehouse, another: Another, server: BigQueryServer
    ) -> None:
        by_hand(another(), "DELETE FROM `nba_raw.toys` WHERE made_on = '2024-11-02'")
        shop.look()
        found: list[dict[date, Fingerprint]] = []
        assert dates_asked(server, lambda: found.append(prints(shop))) == []
        assert found[0].keys() == {D1, D3}

    def test_nothing_of_a_read_that_failed(
        self, shop: BigQueryWarehouse, another: Another, server: BigQueryServer
    ) -> None:
        another().append({RAW.table: [toy(D2, "bob")]})
        shop.look()
        server.faults.answer("invalidQuery", method="POST", kind="query")
        with pytest.raises(WarehouseFailed):
            prints(shop)
        assert prints(shop) == anew(another)


class TestUnsure:
    def test_before_the_first_look(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        shop = open_shop(ROWS)
        server.advance(A_WHILE)
        for _ in range(2):
            assert len(dates_asked(server, lambda: prints(shop))) == 1

    def test_rows_of_no_date(self, shop: BigQueryWarehouse, server: BigQueryServer) -> None:
        """They stand in a partition of their own, as those do that are still streaming in: what a
        date holds can't be told from its partition."""
        shop.append({RAW.table: [toy(None, "bob")]})
        server.advance(A_WHILE)
        shop.look()
        for _ in range(2):
            assert len(dates_asked(server, lambda: prints(shop))) == 1


class TestPublished:
    def test_is_scanned(self, published: BigQueryWarehouse, server: BigQueryServer) -> None:
        before = proven(published)
        publish(published, D2)
        asked = dates_asked(server, lambda: proven(published))
        assert asked == [["2024-11-02"]]
        assert proven(published) == before

    @pytest.mark.parametrize("days", [[D2], [D2, D3]])
    def test_never_answered_from_memory(
        self, published: BigQueryWarehouse, server: BigQueryServer, days: list[date]
    ) -> None:
        """Were something else stored than what was published, the scan would show it."""
        before = proven(published)
        publish(published, *days)
        by_hand(published, f"DELETE FROM `{TOYS.table}` WHERE made_on = '2024-11-02'")
        assert proven(published) == {day: before[day] for day in (D1, D3)}

    def test_a_date_that_became_empty(
        self, published: BigQueryWarehouse, server: BigQueryServer
    ) -> None:
        by_hand(published, "DELETE FROM `nba_raw.toys` WHERE made_on = '2024-11-02'")
        stage(published)
        publish(published, D2)
        assert proven(published).keys() == {D1, D3}
        published.look()
        assert proven(published).keys() == {D1, D3}

    def test_until_a_look_has_seen_it(
        self, published: BigQueryWarehouse, server: BigQueryServer
    ) -> None:
        publish(published, D2)
        server.advance(A_WHILE)
        for _ in range(2):
            assert dates_asked(server, lambda: proven(published)) == [["2024-11-02"]]
        published.look()
        assert dates_asked(server, lambda: proven(published)) == []

    def test_while_somebody_looks(
        self,
        published: BigQueryWarehouse,
        server: BigQueryServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """What the look has read is from before the publication."""
        ask = published._known._ask

        def asked(what: str, text: str, parameters: Mapping[str, object]) -> Sequence[Row]:
            rows = ask(what, text, parameters)
            if what == "the state of the tables":
                publish(published, D2)
            return rows

        with monkeypatch.context() as patch:
            patch.setattr(published._known, "_ask", asked)
            published.look()
        assert dates_asked(server, lambda: proven(published)) == [["2024-11-02"]]


class TestLook:
    def test_at_nothing_new(self, shop: BigQueryWarehouse) -> None:
        before = shop.writes
        shop.look()
        assert shop.writes == before

    @pytest.mark.parametrize("what", ["rows", "a publication", "a deletion"])
    def test_at_what_others_wrote(
        self, shop: BigQueryWarehouse, another: Another, what: str
    ) -> None:
        other = another()
        before = shop.writes
        match what:
            case "rows":
                other.append({RAW.table: [toy(D3, "bob")]})
            case "a publication":
                stage(other)
                publish(other, D1)
            case _:
                by_hand(other, "DELETE FROM `nba_raw.toys` WHERE made_on = '2024-11-02'")
        assert shop.writes == before
        shop.look()
        assert shop.writes == before + 1
        shop.look()
        assert shop.writes == before + 1

    def test_not_so_soon_again(self, shop: BigQueryWarehouse, server: BigQueryServer) -> None:
        shop.look(older_than=30)
        assert server.requests == []

    def test_one_query_for_all_tables(
        self, shop: BigQueryWarehouse, server: BigQueryServer
    ) -> None:
        """Sent, and read."""
        shop.look()
        assert len(server.requests) == 2


class TestKept:
    """For other processes."""

    def test_the_next_process_asks_for_nothing(
        self, shop: BigQueryWarehouse, another: Another, server: BigQueryServer
    ) -> None:
        before = prints(shop)
        other = another()
        other.look()
        assert sent(server) == ["query"] * 2
        assert dates_asked(server, lambda: prints(other)) == []
        assert prints(other) == before

    def test_but_for_what_changed_since(
        self, shop: BigQueryWarehouse, another: Another, server: BigQueryServer
    ) -> None:
        shop.append({RAW.table: [toy(D2, "bob")]})
        other = another()
        other.look()
        assert dates_asked(server, lambda: prints(other)) == [["2024-11-02"]]
        assert prints(other) == anew(another)

    def test_at_the_end(
        self, open_shop: OpenShop, another: Another, server: BigQueryServer
    ) -> None:
        open_shop(ROWS)
        server.advance(A_WHILE)
        one, other = another(), another()
        prints(one)
        one.close()
        other.look()
        assert dates_asked(server, lambda: prints(other)) == []

    def test_once(self, shop: BigQueryWarehouse, another: Another) -> None:
        """Not by those who have learnt it from there."""
        other = another()
        other.look()
        prints(other)
        other.look()
        assert shop.rows("SELECT COUNT(*) FROM `nba_ops.contents`") == [(3,)]

    def test_not_by_who_may_not_write(
        self, open_shop: OpenShop, another: Another, server: BigQueryServer
    ) -> None:
        """He reads all the same."""
        open_shop(ROWS)
        server.advance(A_WHILE)
        reader = another()
        reader.look()
        before = prints(reader)
        server.faults.answer("accessDenied", method="POST", kind="query")
        reader.look()
        assert prints(reader) == before
        other = another()
        other.look()
        assert len(dates_asked(server, lambda: prints(other))) == 1
