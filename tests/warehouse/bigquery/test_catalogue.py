"""Applying a schema to a server that speaks BigQuery's protocol: adds, mends, never takes away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from google.cloud import bigquery

from processors.columns import count, text
from processors.contract import Contract, Layer
from processors.errors import SchemaConflict, WarehouseDenied, WarehouseTransient
from processors.registry import Registry, assemble
from tests.bigquery.server import BigQueryServer
from tests.warehouse.toys import MAKER, OPS, RAW, TOYS
from warehouse.bigquery.address import Address
from warehouse.bigquery.catalogue import Catalogue
from warehouse.bigquery.connection import Connection
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.request import Request
from warehouse.bigquery.wanted import Wanted, wanted
from warehouse.differences import Kind

TABLES = "/projects/{project}/datasets/{dataset}/tables"
TABLE = f"{TABLES}/{{table}}"


def house(*contracts: Contract) -> Registry:
    return assemble([*contracts, *OPS], {TOYS.table: MAKER.statement})


def wider(contract: Contract) -> Contract:
    return replace(contract, columns=(*contract.columns, count("doors", "How many.")))


@pytest.fixture
def toys(address: Address) -> Wanted:
    return wanted(house(RAW, TOYS), address)


@pytest.fixture
def catalogue(connection: Connection) -> Catalogue:
    return Catalogue(connection)


@pytest.fixture
def client(connection: Connection) -> bigquery.Client:
    return connection.client


@pytest.fixture
def applied(catalogue: Catalogue, toys: Wanted, server: BigQueryServer) -> Wanted:
    catalogue.apply(toys)
    server.requests.clear()
    return toys


def changes(server: BigQueryServer) -> list[str]:
    return [one.method for one in server.requests if one.method != "GET"]


class TestApply:
    def test_from_nothing(
        self, catalogue: Catalogue, toys: Wanted, address: Address, client: bigquery.Client
    ) -> None:
        done = catalogue.apply(toys)
        assert done[0] == f"created {address.dataset('nba_analytics')}"
        assert "created nba_raw.toys" in done
        assert catalogue.differences(toys) == []
        raw = client.get_table(address.table("nba_raw.toys"))
        assert raw.time_partitioning.field == "made_on"
        assert raw.time_partitioning.expiration_ms is None
        assert raw.clustering_fields == ["name"]
        assert raw.require_partition_filter
        assert raw.labels == {"managed_by": "tipoff", "layer": "raw"}
        scratch = client.get_dataset(address.scratch)
        assert scratch.default_table_expiration_ms == 86_400_000

    def test_again_is_nothing(
        self, catalogue: Catalogue, applied: Wanted, server: BigQueryServer
    ) -> None:
        assert catalogue.apply(applied) == []
        assert changes(server) == []

    def test_all_contracts(
        self, catalogue: Catalogue, registry: Registry, address: Address
    ) -> None:
        whole = wanted(registry, address)
        done = catalogue.apply(whole)
        assert len(done) == len(whole.datasets) + len(whole.tables)
        assert catalogue.differences(whole) == []

    def test_new_columns(
        self,
        catalogue: Catalogue,
        applied: Wanted,
        address: Address,
        jobs: Jobs,
        server: BigQueryServer,
    ) -> None:
        """Rows stay, and a table is changed by one call."""
        table = address.table(RAW.table)
        jobs.run(
            Request(what="a toy", text=f"INSERT INTO `{table}` (made_on) VALUES ('2024-11-18')")
        )
        more = wanted(house(wider(wider_text(RAW)), TOYS), address)
        server.requests.clear()
        assert catalogue.apply(more) == [
            "added nba_raw.toys.maker",
            "added nba_raw.toys.doors",
            "changed nba_raw.toys: schema",
        ]
        assert changes(server) == ["PATCH"]
        assert catalogue.differences(more) == []
        text = f"SELECT made_on, doors, maker FROM `{table}` WHERE made_on > '2024-01-01'"
        [(_, doors, maker)] = jobs.rows(Request(what="toys", text=text))
        assert (doors, maker) == (None, None)

    def test_options(
        self, catalogue: Catalogue, applied: Wanted, address: Address, client: bigquery.Client
    ) -> None:
        table = client.get_table(address.table(RAW.table))
        table.clustering_fields = ["wheels"]
        table.require_partition_filter = False
        table.description = "Mine."
        table.labels = {"layer": "mine", "team": "x"}
        client.update_table(
            table, ["clustering_fields", "require_partition_filter", "description", "labels"]
        )
        found = {one.kind for one in catalogue.differences(applied)}
        assert found == {Kind.CLUSTERING, Kind.PARTITION_FILTER, Kind.DESCRIPTION, Kind.LABELS}
        [said] = catalogue.apply(applied)
        assert said.startswith("changed nba_raw.toys: ")
        assert catalogue.differences(applied) == []
        assert client.get_table(table).labels["team"] == "x"

    def test_required_is_relaxed(
        self, catalogue: Catalogue, toys: Wanted, address: Address, client: bigquery.Client
    ) -> None:
        [layout] = [one for one in toys.tables if one.table == RAW.table]
        client.create_dataset(address.dataset("nba_raw"))
        made = bigquery.Table.from_api_repr(layout.as_api(address))
        made.schema = [
            bigquery.SchemaField(one.name, one.type, mode="REQUIRED") for one in layout.columns
        ]
        client.create_table(made)
        catalogue.apply(toys)
        assert {one.mode for one in client.get_table(made).schema} == {"NULLABLE"}
        assert catalogue.differences(toys) == []

    def test_expiration_is_taken_away(
        self,
        catalogue: Catalogue,
        toys: Wanted,
        address: Address,
        client: bigquery.Client,
    ) -> None:
        dataset = bigquery.Dataset(f"{address.project}.{address.dataset('nba_raw')}")
        dataset.default_table_expiration_ms = 3_600_000
        client.create_dataset(dataset)
        [layout] = [one for one in toys.tables if one.table == RAW.table]
        client.create_table(bigquery.Table.from_api_repr(layout.as_api(address)))
        kinds = {one.kind for one in catalogue.differences(toys) if one.table.startswith("nba_raw")}
        assert {Kind.EXPIRATION, Kind.DATASET_EXPIRATION} <= kinds
        catalogue.apply(toys)
        assert client.get_table(address.table(RAW.table)).expires is None
        assert client.get_dataset(dataset.reference).default_table_expiration_ms is None
        assert catalogue.differences(toys) == []


def wider_text(contract: Contract) -> Contract:
    return replace(contract, columns=(*contract.columns, text("maker", "Who made it.")))


class TestConflict:
    def test_one_stops_all(
        self,
        catalogue: Catalogue,
        applied: Wanted,
        address: Address,
        client: bigquery.Client,
        server: BigQueryServer,
    ) -> None:
        table = client.get_table(address.table(TOYS.table))
        table.schema = [*table.schema, bigquery.SchemaField("old", "STRING")]
        client.update_table(table, ["schema"])
        server.requests.clear()
        more = wanted(house(wider(RAW), TOYS), address)
        with pytest.raises(SchemaConflict, match=r"toys_seen\.old is stored but") as caught:
            catalogue.apply(more)
        assert changes(server) == []
        assert len(caught.value.details["conflicts"]) == 1  # type: ignore[arg-type]
        kinds = [one.kind for one in catalogue.differences(more)]
        assert kinds == [Kind.COLUMN_MISSING, Kind.COLUMN_EXTRA]


class TestOthers:
    def test_nothing_is_created(
        self, catalogue: Catalogue, address: Address, client: bigquery.Client
    ) -> None:
        ours = wanted(house(RAW, TOYS), address, [Layer.ANALYTICS])
        with pytest.raises(SchemaConflict, match=r"nba_raw\.toys is not there"):
            catalogue.apply(ours)
        assert not [
            one for one in client.list_datasets() if one.dataset_id.startswith(address.prefix)
        ]

    def test_theirs_stay_as_they_are(
        self,
        catalogue: Catalogue,
        address: Address,
        client: bigquery.Client,
        server: BigQueryServer,
    ) -> None:
        client.create_dataset(address.dataset("nba_raw"))
        schema = [bigquery.SchemaField(one.name, one.type.value) for one in RAW.columns]
        client.create_table(bigquery.Table(address.table(RAW.table), schema=schema))
        before = client.get_table(address.table(RAW.table)).etag
        ours = wanted(house(RAW, TOYS), address, [Layer.ANALYTICS])
        done = catalogue.apply(ours)
        assert "created nba_analytics.toys_seen" in done
        assert not [line for line in done if "raw" in line]
        assert client.get_table(address.table(RAW.table)).etag == before
        assert catalogue.differences(ours) == []

    def test_what_we_write_among_theirs(
        self, catalogue: Catalogue, address: Address, client: bigquery.Client
    ) -> None:
        """Our own table is made in their dataset, of which nothing is changed."""
        own = replace(RAW, table="nba_raw.toys_said", written_here=True)
        house_ = house(RAW, TOYS, own)
        dataset = client.create_dataset(address.dataset("nba_raw"))
        schema = [bigquery.SchemaField(one.name, one.type.value) for one in RAW.columns]
        client.create_table(bigquery.Table(address.table(RAW.table), schema=schema))
        before = client.get_dataset(dataset.reference).etag
        ours = wanted(house_, address, [Layer.ANALYTICS])
        assert "nba_raw" not in [one.name for one in ours.datasets]
        done = catalogue.apply(ours)
        assert [line for line in done if "raw" in line] == ["created nba_raw.toys_said"]
        assert client.get_dataset(dataset.reference).etag == before
        assert catalogue.differences(ours) == []


class TestFaults:
    def test_lost_answers(self, catalogue: Catalogue, toys: Wanted, server: BigQueryServer) -> None:
        """Each creation is done and its answer lost once: the second try finds it there."""
        server.faults.reset(method="POST", route=TABLES, after=True, times=2)
        server.faults.answer("backendError", method="GET", nth=3, times=2)
        catalogue.apply(toys)
        assert catalogue.differences(toys) == []

    def test_too_many_updates(
        self, catalogue: Catalogue, applied: Wanted, address: Address, server: BigQueryServer
    ) -> None:
        server.faults.answer("rateLimitExceeded", method="PATCH", times=2)
        catalogue.apply(wanted(house(wider(RAW), TOYS), address))
        assert changes(server) == ["PATCH"] * 3

    def test_overtaken(
        self, catalogue: Catalogue, applied: Wanted, address: Address, server: BigQueryServer
    ) -> None:
        """Somebody changed the table since it was looked at."""
        server.faults.answer("conditionNotMet", method="PATCH")
        with pytest.raises(WarehouseTransient, match="somebody changed it meanwhile"):
            catalogue.apply(wanted(house(wider(RAW), TOYS), address))

    def test_not_allowed(self, catalogue: Catalogue, toys: Wanted, server: BigQueryServer) -> None:
        server.faults.answer(
            "accessDenied", "Permission bigquery.datasets.create denied", method="POST", times=9
        )
        with pytest.raises(WarehouseDenied, match=r"datasets\.create denied The roles"):
            catalogue.apply(toys)
