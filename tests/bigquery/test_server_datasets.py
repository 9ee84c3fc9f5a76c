"""Datasets through the real client."""

from __future__ import annotations

import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.bigquery.conftest import GAMES


class TestDatasets:
    def test_made_and_found(self, client, dataset):
        found = client.get_dataset(dataset)
        assert found.full_dataset_id == f"{client.project}:{dataset}"
        assert found.location == "US"
        assert found.created == found.modified
        assert dataset in [one.dataset_id for one in client.list_datasets()]

    def test_made_twice(self, client, dataset):
        with pytest.raises(exceptions.Conflict, match=f"Already Exists: Dataset .*:{dataset}"):
            client.create_dataset(dataset)
        assert client.create_dataset(dataset, exists_ok=True).dataset_id == dataset

    def test_unknown(self, client):
        with pytest.raises(exceptions.NotFound, match=r"Not found: Dataset tipoff-test:nothing"):
            client.get_dataset("nothing")
        with pytest.raises(exceptions.NotFound, match="Not found: Project elsewhere"):
            client.get_dataset("elsewhere.nothing")

    def test_changed(self, client, dataset):
        found = client.get_dataset(dataset)
        found.description, found.labels = "box scores", {"team": "data"}
        found.default_table_expiration_ms = 3_600_000
        changed = client.update_dataset(
            found, ["description", "labels", "default_table_expiration_ms"]
        )
        assert (changed.description, changed.labels) == ("box scores", {"team": "data"})
        table = client.create_table(
            bigquery.Table(f"{client.project}.{dataset}.brief", schema=GAMES)
        )
        assert (table.expires - table.created).total_seconds() == 3600
        changed.description = None
        assert client.update_dataset(changed, ["description"]).description is None

    def test_changed_by_two(self, client, dataset):
        mine, theirs = client.get_dataset(dataset), client.get_dataset(dataset)
        theirs.description = "theirs"
        client.update_dataset(theirs, ["description"])
        mine.description = "mine"
        with pytest.raises(exceptions.PreconditionFailed):
            client.update_dataset(mine, ["description"])

    def test_deleted(self, client, dataset, games):
        with pytest.raises(exceptions.BadRequest, match="is still in use"):
            client.delete_dataset(dataset)
        client.delete_dataset(dataset, delete_contents=True)
        with pytest.raises(exceptions.NotFound):
            client.get_table(games)
        with pytest.raises(exceptions.NotFound):
            client.delete_dataset(dataset)

    def test_named_as_the_dialect_names_its_own(self, client, ask):
        client.create_dataset("staging", exists_ok=True)
        ask("CREATE TABLE staging.rows_of_a_day AS SELECT 1 AS one")
        assert ask("SELECT r.one FROM `staging.rows_of_a_day` AS r") == [(1,)]
