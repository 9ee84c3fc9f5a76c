"""Staging: a statement that an earlier process has sent is adopted while what it made is there."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from processors.errors import TooCostly, WarehouseFailed, WarehouseTransient
from processors.statement import Statement
from tests.bigquery.server import BigQueryServer
from tests.warehouse.bigquery.conftest import OpenShop, sent
from tests.warehouse.toys import D1, D2, D3, MAKER, span, stage, toy
from warehouse.bigquery import identity
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.bigquery.staging import MOST_ATTEMPTS
from warehouse.interface import Errand, Row

JOBS = "/projects/{project}/jobs"
ROWS = [toy(D1, "ann"), toy(D2, "bob")]
NUMBERS = itertools.count()

Another = Callable[..., BigQueryWarehouse]


@pytest.fixture
def errand() -> Errand:
    """Of this test alone: the server forgets no job."""
    return Errand(inputs=f"inputs {next(NUMBERS)}", run_id="20241118T120000-abcdef")


def looked(warehouse: BigQueryWarehouse) -> BigQueryWarehouse:
    """It knows when its inputs have changed."""
    warehouse.look()
    return warehouse


def staged(warehouse: BigQueryWarehouse) -> list[Row]:
    return warehouse.rows("SELECT made_on, name FROM `staging.toys_seen` ORDER BY made_on")


def table_of(warehouse: BigQueryWarehouse) -> str:
    return warehouse._staging.tables["toys_seen"]


def let_go(warehouse: BigQueryWarehouse) -> None:
    """As a day does it."""
    warehouse._connection.client.delete_table(table_of(warehouse), timeout=60)


class TestAdopted:
    def test_done(
        self, open_shop: OpenShop, another: Another, server: BigQueryServer, errand: Errand
    ) -> None:
        first = looked(open_shop(ROWS))
        stage(first, errand=errand)
        second = looked(another())
        before = len(server.jobs)
        stage(second, errand=replace(errand, run_id="another"))
        assert len(server.jobs) == before
        assert staged(second) == [(D1, "ann"), (D2, "bob")]
        assert table_of(second) == table_of(first)

    def test_running(
        self, open_shop: OpenShop, another: Another, server: BigQueryServer, errand: Errand
    ) -> None:
        open_shop(ROWS)
        shops = [looked(another()), looked(another())]
        before = len(server.jobs)
        hold = server.faults.hold(kind="query")
        threads = [
            threading.Thread(target=stage, args=(one,), kwargs={"errand": errand}) for one in shops
        ]
        for one in threads:
            one.start()
        wait_for(lambda: any(one.status == 409 for one in server.requests))
        hold.release()
        for one in threads:
            one.join(20)
        assert len(server.jobs) == before + 1
        assert [staged(one) for one in shops] == [[(D1, "ann"), (D2, "bob")]] * 2

    def test_an_answer_that_was_lost(
        self, open_shop: OpenShop, server: BigQueryServer, errand: Errand
    ) -> None:
        shop = looked(open_shop(ROWS))
        before = len(server.jobs)
        server.faults.reset(after=True, method="POST", route=JOBS)
        stage(shop, errand=errand)
        assert len(server.jobs) == before + 1
        assert staged(shop) == [(D1, "ann"), (D2, "bob")]


class TestSentAgain:
    def test_where_it_has_failed(
        self, open_shop: OpenShop, server: BigQueryServer, errand: Errand
    ) -> None:
        shop = open_shop(ROWS)
        server.faults.hold(kind="query")

        def cancelled() -> None:
            wait_for(lambda: any("{job}" in one.route for one in server.requests))
            list(server.jobs.values())[-1].cancelled.set()

        threading.Thread(target=cancelled).start()
        with pytest.raises(WarehouseTransient, match="cancelled"):
            stage(shop, errand=errand)
        stage(shop, errand=errand)
        assert list(server.jobs)[-1].endswith("-2")
        assert staged(shop) == [(D1, "ann"), (D2, "bob")]

    def test_where_its_table_is_gone(
        self, open_shop: OpenShop, another: Another, server: BigQueryServer, errand: Errand
    ) -> None:
        first = looked(open_shop(ROWS))
        stage(first, errand=errand)
        let_go(first)
        second = looked(another())
        stage(second, errand=errand)
        assert list(server.jobs)[-1].endswith("-again2")
        assert staged(second) == [(D1, "ann"), (D2, "bob")]
        # A third finds what the second has made.
        third = looked(another())
        before = len(server.jobs)
        stage(third, errand=errand)
        assert len(server.jobs) == before

    def test_however_often_it_is_gone(
        self, open_shop: OpenShop, server: BigQueryServer, errand: Errand
    ) -> None:
        """A date that fails at a gate is asked for each day, with the same inputs."""
        shop = looked(open_shop(ROWS))
        for _ in range(MOST_ATTEMPTS + 1):
            stage(shop, errand=errand)
            let_go(shop)
        stage(shop, errand=errand)
        assert staged(shop) == [(D1, "ann"), (D2, "bob")]

    def test_where_an_input_has_changed_since(
        self, open_shop: OpenShop, another: Another, server: BigQueryServer, errand: Errand
    ) -> None:
        """And changed back: the same is looked at, and other rows may have been read."""
        stage(looked(open_shop([toy(D1, "bob")])), errand=errand)
        other = another()
        other.append({"nba_raw.toys": [toy(D2, "ann")]})
        stage(looked(other), errand=errand)
        assert list(server.jobs)[-1].endswith("-again2")
        assert staged(other) == [(D1, "bob"), (D2, "ann")]

    @pytest.mark.parametrize("wrote_at", [None, datetime(9999, 1, 1)])
    def test_where_we_have_changed_an_input_since(
        self, open_shop: OpenShop, errand: Errand, wrote_at: datetime | None
    ) -> None:
        shop = looked(open_shop([toy(D1, "bob")]))
        stage(shop, errand=errand)
        shop.append({"nba_raw.toys": [toy(D2, "ann")]})
        shop._known._wrote_at["nba_raw.toys"] = wrote_at
        stage(shop, errand=errand)
        assert staged(shop) == [(D1, "bob"), (D2, "ann")]

    def test_where_the_look_since_has_failed(
        self, open_shop: OpenShop, server: BigQueryServer, errand: Errand
    ) -> None:
        shop = looked(open_shop([toy(D1, "bob")]))
        stage(shop, errand=errand)
        shop.append({"nba_raw.toys": [toy(D2, "ann")]})
        shop._known._wrote_at["nba_raw.toys"] = None
        server.faults.answer("invalidQuery", method="POST", kind="query")
        with pytest.raises(WarehouseFailed):
            shop.look()
        stage(shop, errand=errand)
        assert staged(shop) == [(D1, "bob"), (D2, "ann")]

    def test_where_nobody_has_looked(self, open_shop: OpenShop, errand: Errand) -> None:
        shop = open_shop([toy(D1, "bob")])
        stage(shop, errand=errand)
        shop.append({"nba_raw.toys": [toy(D2, "ann")]})
        stage(shop, errand=errand)
        assert staged(shop) == [(D1, "bob"), (D2, "ann")]

    def test_without_an_errand(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        shop = open_shop(ROWS)
        stage(shop)
        stage(shop)
        assert sent(server) == ["query"] * 2

    @pytest.mark.parametrize("changed", [{"inputs": "others"}, {"nonce": "forced"}])
    def test_for_another_errand(
        self, open_shop: OpenShop, server: BigQueryServer, errand: Errand, changed: dict[str, str]
    ) -> None:
        shop = looked(open_shop([toy(D1, "ann")]))
        stage(shop, errand=errand)
        shop.append({"nba_raw.toys": [toy(D2, "bob")]})
        stage(shop, errand=errand)
        assert staged(shop) == [(D1, "ann")]
        stage(shop, errand=replace(errand, **changed))
        assert staged(shop) == [(D1, "ann"), (D2, "bob")]

    def test_where_it_was_too_costly(
        self, open_shop: OpenShop, another: Another, errand: Errand
    ) -> None:
        open_shop(ROWS)
        with pytest.raises(TooCostly):
            stage(another(maximum_bytes=1), errand=errand)
        dearer = another(maximum_bytes=100_000_000)
        stage(dearer, errand=errand)
        assert staged(dearer) == [(D1, "ann"), (D2, "bob")]


class TestIdentity:
    def test_of_everything_that_matters(self) -> None:
        errand = Errand(inputs="a", run_id="first")
        other = replace(MAKER, statement=Statement(f"{MAKER.statement.text} AND wheels > 0"))
        found = [
            identity.of_staging(MAKER, span(), "text", errand),
            identity.of_staging(other, span(), "text", errand),
            identity.of_staging(MAKER, span(), "another text", errand),
            identity.of_staging(MAKER, span(), "text", replace(errand, inputs="b")),
            identity.of_staging(MAKER, span(), "text", replace(errand, nonce="b")),
            identity.of_staging(MAKER, span(last=D2), "text", errand),
            identity.of_staging(MAKER, span(first=D2), "text", errand),
            identity.of_staging(
                MAKER, replace(span(), history_start=D1 - timedelta(days=1)), "text", errand
            ),
        ]
        assert len(set(found)) == len(found)

    def test_of_nothing_else(self) -> None:
        errand = Errand(inputs="a", run_id="first")
        again = replace(errand, run_id="second")
        assert identity.of_staging(MAKER, span(), "text", errand) == identity.of_staging(
            MAKER, span(), "text", again
        )

    def test_parts_are_told_apart(self) -> None:
        assert identity.digest("ab", "c") != identity.digest("a", "bc")


class TestJob:
    def test_says_whose_it_is(
        self, open_shop: OpenShop, server: BigQueryServer, errand: Errand
    ) -> None:
        shop = open_shop(ROWS)
        stage(shop, D1, D3, errand=errand)
        job_id, job = list(server.jobs.items())[-1]
        assert job_id.startswith("tipoff-stage-toys_seen-20241101-20241103-")
        assert job.configuration["labels"]["tipoff_table"] == "toys_seen"
        assert job.configuration["labels"]["tipoff_run"] == "20241118t120000-abcdef"

    def test_what_it_makes_expires(self, open_shop: OpenShop, errand: Errand) -> None:
        shop = open_shop(ROWS)
        stage(shop, errand=errand)
        table = shop._connection.client.get_table(table_of(shop), timeout=60)
        assert timedelta(hours=23) < table.expires - table.created <= timedelta(days=1)

    def test_foretold(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        shop = open_shop(ROWS)
        found = [shop.foretold_bytes(MAKER, span(first=day, last=D3)) for day in (D1, D2, D3)]
        assert sent(server) == []
        assert found[0] == 2 * (found[1] or 0) > 0
        assert found[2] == 0


class TestInterrupt:
    def test_cancels(self, open_shop: OpenShop, server: BigQueryServer, errand: Errand) -> None:
        shop = open_shop(ROWS)
        with pytest.raises(WarehouseTransient, match=r"statement of .*toys_seen was interrupted"):
            stage_and_interrupt(shop, server, errand)
        assert list(server.jobs.values())[-1].cancelled.is_set()
        stage(shop, errand=errand)
        assert staged(shop) == [(D1, "ann"), (D2, "bob")]

    def test_leaves_another_process_its_job(
        self, open_shop: OpenShop, another: Another, server: BigQueryServer, errand: Errand
    ) -> None:
        open_shop(ROWS)
        ours, theirs = another(), another()
        hold = server.faults.hold(kind="query")
        staging = threading.Thread(target=stage, args=(theirs,), kwargs={"errand": errand})
        staging.start()
        assert hold.taken.wait(10)
        with pytest.raises(WarehouseTransient, match="was interrupted"):
            stage_and_interrupt(ours, server, errand, is_held=True)
        hold.release()
        staging.join(10)
        assert staged(theirs) == [(D1, "ann"), (D2, "bob")]

    def test_by_another_process(
        self, open_shop: OpenShop, another: Another, server: BigQueryServer, errand: Errand
    ) -> None:
        """Who has adopted its job sends one of his own."""
        open_shop(ROWS)
        ours, theirs = another(), another()
        hold = server.faults.hold(kind="query")
        staging = threading.Thread(target=stage, args=(ours,), kwargs={"errand": errand})

        def adopt_and_interrupt() -> None:
            assert hold.taken.wait(10)
            staging.start()
            wait_for(lambda: any(one.status == 409 for one in server.requests))
            theirs.interrupt()

        interrupting = threading.Thread(target=adopt_and_interrupt)
        interrupting.start()
        with pytest.raises(WarehouseTransient, match="was interrupted"):
            stage(theirs, errand=errand)
        interrupting.join(10)
        staging.join(10)
        assert staged(ours) == [(D1, "ann"), (D2, "bob")]
        assert list(server.jobs)[-2].endswith("-2")

    def test_of_the_second_attempt(
        self, open_shop: OpenShop, server: BigQueryServer, errand: Errand
    ) -> None:
        """Its job has another id than the one that was asked for."""
        shop = open_shop(ROWS)
        for _ in range(2):
            with pytest.raises(WarehouseTransient):
                stage_and_interrupt(shop, server, errand)
        job_id, job = list(server.jobs.items())[-1]
        assert job_id.endswith("-2")
        assert job.cancelled.is_set()

    def test_of_nothing(self, open_shop: OpenShop, errand: Errand) -> None:
        shop = open_shop(ROWS)
        shop.interrupt()
        stage(shop, errand=errand)
        assert staged(shop) == [(D1, "ann"), (D2, "bob")]


def stage_and_interrupt(
    shop: BigQueryWarehouse, server: BigQueryServer, errand: Errand, *, is_held: bool = False
) -> None:
    """Somebody interrupts while the job runs: this one's, or another's that this one has found."""
    hold = None if is_held else server.faults.hold(kind="query")

    def interrupt() -> None:
        if hold:
            assert hold.taken.wait(10)
        else:
            wait_for(lambda: any(one.status == 409 for one in server.requests))
        shop.interrupt()

    interrupting = threading.Thread(target=interrupt)
    interrupting.start()
    try:
        stage(shop, errand=errand)
    finally:
        interrupting.join(10)
        if hold:
            hold.release()


def wait_for(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not seen():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)
