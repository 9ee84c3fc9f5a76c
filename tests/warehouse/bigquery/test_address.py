"""Addresses: what they name, and what is refused."""

from __future__ import annotations

import pytest

from processors.errors import UsageError
from warehouse.bigquery.address import SCRATCH, Address, parse_address
from warehouse.bigquery.names import DATASETS


class TestParse:
    def test_whole(self) -> None:
        found = parse_address("bigquery://my-project/europe-west4?prefix=test_")
        assert found == Address("my-project", "europe-west4", "test_")
        assert str(found) == "bigquery://my-project/europe-west4?prefix=test_"

    def test_without_prefix(self) -> None:
        assert parse_address("bigquery://my-project/US?prefix=") == Address("my-project", "US")
        assert str(parse_address("bigquery://my-project/US/")) == "bigquery://my-project/US"

    def test_either_case(self) -> None:
        assert parse_address("bigquery://my-project/eu").location == "EU"
        assert parse_address("bigquery://my-project/Europe-West4").location == "europe-west4"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("bigquery://", "names no project and location"),
            ("bigquery://my-project", "names no project and location"),
            ("bigquery://my-project/US/more", "names no project and location"),
            ("bigquery:///US", "names no project and location"),
            ("duckdb:///x", "names no project and location"),
            ("bigquery://My_Project/US", "is no project"),
            ("bigquery://my-project/U S", "is no location"),
            ("bigquery://my-project/US?prefix=Test", "is no prefix"),
            ("bigquery://my-project/US?prefix=a`b", "is no prefix"),
            ("bigquery://my-project/US?prefix=" + "a" * 32, "is no prefix"),
            ("bigquery://my-project/US?dataset=x", "has no dataset"),
            ("bigquery://my-project/US?prefix=a&prefix=b", "one prefix, not 2"),
        ],
    )
    def test_refused(self, text: str, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            parse_address(text)

    @pytest.mark.parametrize(
        "text",
        [
            "bigquery://someone:hunter2@my-project/US",
            "bigquery://my-project?key=hunter2",
            "bigquery://my-project/US?key=hunter2",
        ],
    )
    def test_secrets_are_not_repeated(self, text: str) -> None:
        with pytest.raises(UsageError, match="bigquery") as caught:
            parse_address(text)
        assert "hunter2" not in caught.value.message


class TestNames:
    def test_prefix(self) -> None:
        address = Address("my-project", "US", "test_")
        assert address.table("nba_raw.schedule") == "my-project.test_nba_raw.schedule"
        assert address.dataset("nba_ops") == "test_nba_ops"
        assert address.scratch == "test_tipoff_scratch"

    def test_beside(self) -> None:
        assert Address("my-project", "US").beside("try").scratch == "TRY_tipoff_scratch"
        beside = Address("my-project", "US", "test_").beside("try")
        assert beside.table("nba_ops.runs") == "my-project.test_TRY_nba_ops.runs"
        assert str(beside) == "bigquery://my-project/US?prefix=test_&rehearsal=try"
        with pytest.raises(UsageError, match="has no rehearsal"):
            parse_address(str(beside))
        with pytest.raises(UsageError, match="is no prefix"):
            Address("my-project", "US").beside("Try")

    def test_no_two_meet(self) -> None:
        """Whatever the prefixes of deployments and of their rehearsals are."""
        prefixes = ["", "a", "a_", "a_b", "a_b_", "b", "b_", "nba_raw", "a_nba_raw"]
        places = [Address("my-project", "US", prefix) for prefix in prefixes]
        places += [one.beside(prefix) for one in places for prefix in prefixes if prefix]
        names = [one.dataset(name) for one in places for name in (*DATASETS, SCRATCH)]
        assert len(set(names)) == len(names)
