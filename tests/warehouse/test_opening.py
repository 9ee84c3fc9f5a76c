"""From an address to a warehouse, or to a sentence that says what to write."""

from __future__ import annotations

import pytest

from processors.errors import UsageError
from warehouse.opening import open_warehouse


class TestOpenWarehouse:
    def test_file(self, tmp_path):
        warehouse = open_warehouse(f"duckdb://{tmp_path}/season.duckdb", threads=1)
        assert warehouse.address == f"duckdb://{tmp_path}/season.duckdb"
        assert warehouse.engine.startswith("duckdb 1.")
        warehouse.close()
        assert (tmp_path / "season.duckdb").exists()

    def test_memory(self):
        warehouse = open_warehouse("duckdb://:memory:", memory_limit="100MB")
        assert warehouse.rows("SELECT 1") == [(1,)]

    @pytest.mark.parametrize("address", ["season.duckdb", "duckdb://", "postgres://here"])
    def test_names_none(self, address):
        with pytest.raises(UsageError, match=r"write duckdb:///path/file\.duckdb"):
            open_warehouse(address)

    def test_on_cloud_run_it_would_be_lost(self, monkeypatch):
        monkeypatch.setenv("K_SERVICE", "tipoff")
        with pytest.raises(UsageError, match="set TIPOFF_EPHEMERAL=yes if that is meant"):
            open_warehouse("duckdb://:memory:")
        monkeypatch.setenv("TIPOFF_EPHEMERAL", "yes")
        open_warehouse("duckdb://:memory:").close()
