"""Datasets and tables on BigQuery: looked up, created, mended, never dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from processors.errors import SchemaConflict
from warehouse.bigquery.address import Address
from warehouse.bigquery.comparison import Live, diff
from warehouse.bigquery.connection import ONCE, Connection, Refused
from warehouse.bigquery.failures import as_ours
from warehouse.bigquery.layout import Resource, dataset_found, table_found
from warehouse.bigquery.mending import dataset_patch, table_patch
from warehouse.bigquery.wanted import Wanted

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

    from warehouse.differences import Difference

AT_ONCE = 8


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the API says of what is there, by the names of the contracts."""

    datasets: Mapping[str, Resource]
    tables: Mapping[str, Resource]

    @property
    def live(self) -> Live:
        return Live(
            datasets={name: dataset_found(name, one) for name, one in self.datasets.items()},
            tables={name: table_found(name, one) for name, one in self.tables.items()},
        )


class Catalogue:
    """Who applies holds nothing: two who do it at once do the same. The address may be one beside
    the connection's."""

    def __init__(self, connection: Connection, address: Address | None = None) -> None:
        self._connection = connection
        self._address = address or connection.address

    def differences(self, wanted: Wanted) -> list[Difference]:
        return diff(wanted, self._found(wanted).live)

    def apply(self, wanted: Wanted) -> list[str]:
        """Look at everything first: what blocks anywhere changes nothing anywhere."""
        found = self._found(wanted)
        blocking = [one for one in diff(wanted, found.live) if one.blocks]
        if blocking:
            conflicts = [one.says for one in blocking]
            raise SchemaConflict(
                "what is stored doesn't fit the contracts, nothing was changed: "
                + "; ".join(conflicts),
                conflicts=conflicts,
            )
        return [*self._apply_datasets(wanted, found), *self._apply_tables(wanted, found)]

    def has(self, whole: str) -> bool:
        """Whether a table of this name, `project.dataset.table`, is there."""
        return self._table_named(whole) is not None

    def _apply_datasets(self, wanted: Wanted, found: Found) -> list[str]:
        said = []
        for layout in wanted.datasets:
            name = self._address.dataset(layout.name)
            stored = found.datasets.get(layout.name)
            if stored is None:
                self._create_dataset(name, layout.as_api(self._address))
                said.append(f"created {name}")
            elif patch := dataset_patch(layout, stored):
                self._patch_dataset(name, stored, patch)
                said.append(f"changed {name}: {', '.join(patch)}")
        return said

    def _apply_tables(self, wanted: Wanted, found: Found) -> list[str]:
        said = []
        for layout in wanted.tables:
            name = layout.table
            stored = found.tables.get(name)
            if stored is None:
                self._create_table(name, layout.as_api(self._address))
                said.append(f"created {name}")
            elif patch := table_patch(layout, stored):
                self._patch_table(name, stored, patch)
                known = table_found(name, stored).by_name
                said += [
                    f"added {name}.{one.name}"
                    for key, one in layout.by_name.items()
                    if key not in known
                ]
                said.append(f"changed {name}: {', '.join(patch)}")
        return said

    def _found(self, wanted: Wanted) -> Found:
        names = [*(one.table for one in wanted.tables), *wanted.read]
        return Found(
            datasets=self._read_all([one.name for one in wanted.datasets], self._dataset),
            tables=self._read_all(names, self._table),
        )

    @staticmethod
    def _read_all(names: list[str], read: Callable[[str], Resource | None]) -> dict[str, Resource]:
        """Several at a time: each is a short request and a long way."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            found = zip(names, threads.map(read, names), strict=True)
            return {name: one for name, one in found if one is not None}

    def _dataset(self, name: str) -> Resource | None:
        reference = f"{self._address.project}.{self._address.dataset(name)}"

        def ask(client: Client, seconds: float) -> Resource:
            found: Any = client.get_dataset(reference, retry=ONCE, timeout=seconds)
            return dict(found.to_api_repr())

        return self._unless_missing(f"looking up {reference}", ask)

    def _table(self, name: str) -> Resource | None:
        return self._table_named(self._address.table(name))

    def _table_named(self, whole: str) -> Resource | None:
        def ask(client: Client, seconds: float) -> Resource:
            found: Any = client.get_table(whole, retry=ONCE, timeout=seconds)
            return dict(found.to_api_repr())

        return self._unless_missing(f"looking up {whole}", ask)

    def _unless_missing(
        self, what: str, ask: Callable[[Client, float], Resource]
    ) -> Resource | None:
        try:
            return self._connection.ask(what, ask)
        except Refused as error:
            if error.refusal.is_missing:
                return None
            raise as_ours(what, error.refusal) from error

    def _create_dataset(self, name: str, body: dict[str, Any]) -> None:
        def ask(client: Client, seconds: float) -> object:
            from google.cloud.bigquery import Dataset

            made = Dataset.from_api_repr(body)
            return client.create_dataset(made, retry=ONCE, timeout=seconds)

        self._unless_there(f"creating {name}", ask)

    def _create_table(self, name: str, body: dict[str, Any]) -> None:
        def ask(client: Client, seconds: float) -> object:
            from google.cloud.bigquery import Table

            return client.create_table(Table.from_api_repr(body), retry=ONCE, timeout=seconds)

        self._unless_there(f"creating {name}", ask)

    def _unless_there(self, what: str, ask: Callable[[Client, float], object]) -> None:
        """An attempt whose answer was lost, or another process, has made it."""
        try:
            self._connection.ask(what, ask)
        except Refused as error:
            if not error.refusal.is_there_already:
                raise as_ours(what, error.refusal) from error

    def _patch_dataset(self, name: str, stored: Resource, patch: dict[str, Any]) -> None:
        body = {key: stored[key] for key in ("datasetReference", "etag") if key in stored}

        def ask(client: Client, seconds: float) -> object:
            from google.cloud.bigquery import Dataset

            changed = Dataset.from_api_repr({**body, **patch})
            return client.update_dataset(changed, list(patch), retry=ONCE, timeout=seconds)

        self._connection.call(f"changing {name}", ask)

    def _patch_table(self, name: str, stored: Resource, patch: dict[str, Any]) -> None:
        body = {key: stored[key] for key in ("tableReference", "etag") if key in stored}

        def ask(client: Client, seconds: float) -> object:
            from google.cloud.bigquery import Table

            changed = Table.from_api_repr({**body, **patch})
            return client.update_table(changed, list(patch), retry=ONCE, timeout=seconds)

        self._connection.call(f"changing {name}", ask)
