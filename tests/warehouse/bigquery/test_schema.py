"""Layouts from contracts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from processors.columns import Type, count, day, real
from processors.contract import Contract, Layer
from processors.registry import Registry
from tests.warehouse.toys import RAW, TOYS
from warehouse.bigquery.address import Address
from warehouse.bigquery.layout import NULLABLE, ColumnLayout, Partitioning, table_found
from warehouse.bigquery.schema import datasets_of, layout_of
from warehouse.bigquery.wanted import wanted

ADDRESS = Address("my-project", "US", "test_")


def test_computed() -> None:
    found = layout_of(TOYS)
    assert found.partitioning == Partitioning(column="made_on")
    assert found.clustering == ("name",)
    assert found.requires_filter is False
    assert found.expires is None
    assert [one.name for one in found.columns] == [one.name for one in TOYS.stored_columns]
    assert found.columns[3] == ColumnLayout(
        name="weight", type="FLOAT64", mode=NULLABLE, description="In kilogrammes."
    )
    assert found.labels == {"managed_by": "tipoff", "layer": "analytics"}


def test_never_required() -> None:
    """A contract's own never-NULL is held by the gates."""
    assert {one.mode for one in layout_of(TOYS).columns} == {"NULLABLE"}


def test_units() -> None:
    wide = replace(RAW, columns=(*RAW.columns, count("doors", "How many.", unit="doors")))
    assert layout_of(wide).by_name["doors"].description == "How many. Unit: doors."


class TestClustering:
    def test_at_most_four(self, registry: Registry) -> None:
        odds = registry.contracts["nba_raw.odds_player_points"]
        assert layout_of(odds).clustering == (
            "game_id",
            "player_lookup",
            "provider",
            "bookmaker",
        )

    def test_not_by_a_float(self) -> None:
        odd = Contract(
            table="nba_raw.odd",
            description="A key that can't be sorted by.",
            layer=Layer.RAW,
            key=("seen_on", "weight"),
            date_column="seen_on",
            columns=(day("seen_on", "When."), real("weight", "How heavy.")),
        )
        assert layout_of(odd).clustering == ()

    def test_what_is_remembered_is_found_by_table_and_date(self, registry: Registry) -> None:
        found = layout_of(registry.contracts["nba_ops.partitions"])
        assert found.clustering == ("table_name", "partition_date", "run_id")
        assert found.partitioning == Partitioning(column="recorded_at")


class TestFilter:
    """Required of raw facts only."""

    @pytest.mark.parametrize(
        ("table", "required"),
        [
            ("nba_raw.shots", True),
            ("nba_raw.player_boxscores", True),
            ("nba_raw.odds_game_lines", True),
            ("nba_raw.schedule", False),
            ("nba_raw.players", False),
            ("nba_analytics.player_form", False),
            ("nba_ops.partitions", False),
        ],
    )
    def test_tables(self, registry: Registry, table: str, *, required: bool) -> None:
        assert layout_of(registry.contracts[table]).requires_filter is required


class TestAll:
    def test_as_bigquery_takes_them(self, registry: Registry) -> None:
        for contract in registry.contracts.values():
            layout = layout_of(contract)
            kinds = {one.name: one.type for one in layout.columns}
            if layout.partitioning:
                assert kinds[str(layout.partitioning.column)] in (Type.DATE, Type.TIMESTAMP)
                assert layout.partitioning.column not in layout.clustering
            else:
                assert contract.date_column is None
            assert len(layout.clustering) <= 4
            assert all(len(one.description) <= 1024 for one in layout.columns)
            assert layout.columns

    def test_said_and_read_again(self, registry: Registry) -> None:
        """What is sent reads back as the same layout."""
        for contract in registry.contracts.values():
            layout = layout_of(contract)
            assert table_found(contract.table, layout.as_api(ADDRESS)) == layout

    def test_datasets(self, registry: Registry) -> None:
        found = datasets_of(registry.contracts.values(), ADDRESS)
        names = [one.name for one in found]
        assert names == [
            "nba_analytics",
            "nba_ops",
            "nba_precompute",
            "nba_predictions",
            "nba_raw",
            "tipoff_scratch",
        ]
        assert [one.table_expiration for one in found] == [None] * 5 + [86_400_000]
        assert found[-1].as_api(ADDRESS)["datasetReference"]["datasetId"] == "test_tipoff_scratch"


class TestOwned:
    def test_all(self, registry: Registry) -> None:
        found = wanted(registry, ADDRESS)
        assert len(found.tables) == len(registry.contracts)
        assert found.read == {}

    def test_precompute_only(self, registry: Registry) -> None:
        found = wanted(registry, ADDRESS, [Layer.PRECOMPUTE])
        ours = {one.table for one in found.tables}
        assert ours == {
            one.table
            for one in registry.contracts.values()
            if one.layer in (Layer.PRECOMPUTE, Layer.OPS)
        } | {"nba_raw.model_predictions", "nba_raw.live_predictions"}
        assert [one.name for one in found.datasets] == [
            "nba_ops",
            "nba_precompute",
            "nba_predictions",
            "tipoff_scratch",
        ]
        assert not ours & set(found.read)
        assert "nba_raw.odds_player_points" not in found.read

    def test_columns_read(self, registry: Registry) -> None:
        """Those that our statements read, and the key."""
        read = wanted(registry, ADDRESS, [Layer.PRECOMPUTE]).read
        form = {one.name for one in read["nba_analytics.player_form"]}
        assert {"game_date", "player_lookup"} <= form
        whole = {one.name for one in registry.contracts["nba_analytics.player_form"].stored_columns}
        assert form < whole
        assert "processed_at" not in form
        schedule = registry.contracts["nba_raw.schedule"]
        assert [one.name for one in read["nba_raw.schedule"]] == [*schedule.column_names]
