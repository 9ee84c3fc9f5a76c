"""Differences between what is wanted and what is there, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from processors.columns import count
from processors.contract import Layer
from processors.registry import assemble
from tests.warehouse.toys import MAKER, OPS, RAW, TOYS
from warehouse.bigquery.address import Address
from warehouse.bigquery.comparison import Live, diff
from warehouse.bigquery.layout import (
    ColumnLayout,
    DatasetLayout,
    Partitioning,
    TableLayout,
    dataset_found,
    table_found,
)
from warehouse.bigquery.mending import dataset_patch, table_patch
from warehouse.bigquery.wanted import Wanted, wanted
from warehouse.differences import Difference, Kind

ADDRESS = Address("my-project", "US")
REGISTRY = assemble([RAW, TOYS, *OPS], {TOYS.table: MAKER.statement})
ALL = wanted(REGISTRY, ADDRESS)
AS_WANTED = Live(
    datasets={one.name: one for one in ALL.datasets},
    tables={one.table: one for one in ALL.tables},
)
SEEN = AS_WANTED.tables[TOYS.table]


def among(table: TableLayout) -> Live:
    return replace(AS_WANTED, tables={**AS_WANTED.tables, table.table: table})


def only(live: Live, which: Wanted = ALL) -> Difference:
    [found] = diff(which, live)
    return found


def columns(**changed: object) -> TableLayout:
    """The toys with the column `wheels` changed."""
    return replace(
        SEEN,
        columns=tuple(
            replace(one, **changed) if one.name == "wheels" else one  # type: ignore[arg-type]
            for one in SEEN.columns
        ),
    )


def test_nothing() -> None:
    assert diff(ALL, AS_WANTED) == []


def test_everything_is_missing() -> None:
    found = diff(ALL, Live(datasets={}, tables={}))
    assert {one.kind for one in found} == {Kind.DATASET_MISSING, Kind.TABLE_MISSING}
    assert len(found) == len(ALL.datasets) + len(ALL.tables)
    assert not any(one.blocks for one in found)


WITHOUT = replace(SEEN, columns=tuple(one for one in SEEN.columns if one.name != "wheels"))
WITH = replace(SEEN, columns=(*SEEN.columns, ColumnLayout(name="old", type="STRING")))


@pytest.mark.parametrize(
    ("found", "kind", "says"),
    [
        (WITHOUT, Kind.COLUMN_MISSING, "toys_seen.wheels is not there"),
        (columns(mode="REQUIRED"), Kind.MODE, "wheels is REQUIRED"),
        (columns(description="Otherwise."), Kind.DESCRIPTION, "wheels is described otherwise"),
        (replace(SEEN, clustering=()), Kind.CLUSTERING, "clustered by nothing, the contract says"),
        (replace(SEEN, requires_filter=True), Kind.PARTITION_FILTER, "refuses queries"),
        (replace(SEEN, expires=1), Kind.EXPIRATION, "expires and is gone"),
        (replace(SEEN, labels={"team": "x"}), Kind.LABELS, "managed_by=tipoff, layer=analytics"),
        (replace(SEEN, description=""), Kind.DESCRIPTION, "toys_seen is described otherwise"),
        (
            replace(SEEN, partitioning=Partitioning(column="made_on", expiration=86_400_000 * 90)),
            Kind.EXPIRATION,
            "deleted after 90 days",
        ),
    ],
)
def test_mended(found: TableLayout, kind: Kind, says: str) -> None:
    difference = only(among(found))
    assert (difference.table, difference.kind, difference.blocks) == (TOYS.table, kind, False)
    assert says in difference.says
    resource = {**found.as_api(ADDRESS), "expirationTime": found.expires}
    if found.partitioning and found.partitioning.expiration:
        resource["timePartitioning"]["expirationMs"] = str(found.partitioning.expiration)
    assert len(table_patch(SEEN, resource)) == 1


@pytest.mark.parametrize(
    ("found", "kind", "says"),
    [
        (WITH, Kind.COLUMN_EXTRA, "toys_seen.old is stored but not in the contract"),
        (columns(type="STRING"), Kind.TYPE, "stored as STRING, the contract says INT64"),
        (columns(mode="REPEATED"), Kind.TYPE, "stored as REPEATED INT64"),
        (
            replace(SEEN, partitioning=None),
            Kind.PARTITIONING,
            "partitioned by nothing, the contract says DAY of made_on",
        ),
        (
            replace(SEEN, partitioning=Partitioning(column="seen_at")),
            Kind.PARTITIONING,
            "partitioned by DAY of seen_at",
        ),
        (
            replace(SEEN, partitioning=Partitioning(column="made_on", step="MONTH")),
            Kind.PARTITIONING,
            "partitioned by MONTH of made_on",
        ),
        (replace(SEEN, kind="VIEW"), Kind.NOT_A_TABLE, "is a VIEW"),
    ],
)
def test_blocks(found: TableLayout, kind: Kind, says: str) -> None:
    difference = only(among(found))
    assert (difference.table, difference.kind, difference.blocks) == (TOYS.table, kind, True)
    assert says in difference.says


def test_case_of_names() -> None:
    """BigQuery knows none."""
    assert diff(ALL, among(columns(name="Wheels"))) == []


def test_labels_of_others_stay() -> None:
    more = replace(SEEN, labels={**SEEN.labels, "team": "x"})
    assert diff(ALL, among(more)) == []
    assert table_patch(SEEN, replace(more, labels={"team": "x"}).as_api(ADDRESS)) == {
        "labels": {"team": "x", "managed_by": "tipoff", "layer": "analytics"}
    }


class TestDataset:
    @pytest.mark.parametrize(
        ("change", "kind", "blocks"),
        [
            ({"location": "EU"}, Kind.DATASET_ELSEWHERE, True),
            ({"table_expiration": 1}, Kind.DATASET_EXPIRATION, False),
            ({"partition_expiration": 1}, Kind.DATASET_EXPIRATION, False),
            ({"labels": {}}, Kind.LABELS, False),
            ({"description": "x"}, Kind.DESCRIPTION, False),
        ],
    )
    def test_differs(self, change: dict[str, object], kind: Kind, *, blocks: bool) -> None:
        other = replace(AS_WANTED.datasets["nba_raw"], **change)  # type: ignore[arg-type]
        live = replace(AS_WANTED, datasets={**AS_WANTED.datasets, "nba_raw": other})
        difference = only(live)
        assert (difference.table, difference.kind, difference.blocks) == ("nba_raw", kind, blocks)

    def test_scratch_must_expire(self) -> None:
        name = "tipoff_scratch"
        wanted_one = AS_WANTED.datasets[name]
        lasting = replace(wanted_one, table_expiration=None)
        live = replace(AS_WANTED, datasets={**AS_WANTED.datasets, name: lasting})
        assert "as wanted after 1 days and never" in only(live).says
        patch = dataset_patch(wanted_one, lasting.as_api(ADDRESS))
        assert patch == {"defaultTableExpirationMs": "86400000"}

    def test_default_expirations_are_taken_away(self) -> None:
        resource = {
            **AS_WANTED.datasets["nba_raw"].as_api(ADDRESS),
            "defaultTableExpirationMs": "5",
            "defaultPartitionExpirationMs": "5",
        }
        assert dataset_patch(AS_WANTED.datasets["nba_raw"], resource) == {
            "defaultTableExpirationMs": None,
            "defaultPartitionExpirationMs": None,
        }


class TestOthers:
    """Raw tables that belong to somebody else."""

    OURS = wanted(REGISTRY, ADDRESS, [Layer.ANALYTICS])

    def live(self, found: TableLayout | None) -> Live:
        tables = {name: one for name, one in AS_WANTED.tables.items() if name != RAW.table}
        return replace(AS_WANTED, tables=tables if found is None else {**tables, RAW.table: found})

    @pytest.mark.parametrize(
        "change",
        [
            lambda raw: raw,
            lambda raw: replace(raw, partitioning=None, clustering=(), labels={}, kind="VIEW"),
            lambda raw: replace(raw, columns=(*raw.columns, ColumnLayout(name="x", type="JSON"))),
            lambda raw: replace(
                raw, columns=tuple(replace(one, mode="REQUIRED") for one in raw.columns)
            ),
        ],
    )
    def test_theirs(self, change: Callable[[TableLayout], TableLayout]) -> None:
        assert diff(self.OURS, self.live(change(AS_WANTED.tables[RAW.table]))) == []

    def test_missing(self) -> None:
        difference = only(self.live(None), self.OURS)
        assert (difference.kind, difference.blocks) == (Kind.TABLE_MISSING, True)
        assert "TIPOFF_OWNED_LAYERS" in difference.says

    @pytest.mark.parametrize(
        ("change", "kind"),
        [({"name": "wheel"}, Kind.COLUMN_MISSING), ({"type": "STRING"}, Kind.TYPE)],
    )
    def test_column(self, change: dict[str, str], kind: Kind) -> None:
        raw = AS_WANTED.tables[RAW.table]
        changed = replace(
            raw,
            columns=tuple(
                replace(one, **change) if one.name == "wheels" else one  # type: ignore[arg-type]
                for one in raw.columns
            ),
        )
        difference = only(self.live(changed), self.OURS)
        assert (difference.kind, difference.column, difference.blocks) == (kind, "wheels", True)
        assert "ask them" in difference.says

    def test_unread(self) -> None:
        """What no statement of ours reads may be as it likes."""
        wider = replace(RAW, columns=(*RAW.columns, count("doors", "How many.")))
        registry = assemble([wider, TOYS, *OPS], {TOYS.table: MAKER.statement})
        ours = wanted(registry, ADDRESS, [Layer.ANALYTICS])
        assert diff(ours, self.live(AS_WANTED.tables[RAW.table])) == []


def test_as_the_api_says() -> None:
    """Older names of types, numbers as text, the filter in its older place."""
    found = table_found(
        "nba_raw.toys",
        {
            "type": "TABLE",
            "schema": {
                "fields": [
                    {"name": "a", "type": "INTEGER"},
                    {"name": "b", "type": "FLOAT", "mode": "REQUIRED"},
                    {"name": "c", "type": "BOOLEAN", "mode": "NULLABLE", "description": "x"},
                ]
            },
            "timePartitioning": {
                "type": "DAY",
                "field": "a",
                "expirationMs": "86400000",
                "requirePartitionFilter": True,
            },
            "expirationTime": "1700000000000",
        },
    )
    assert [(one.type, one.mode) for one in found.columns] == [
        ("INT64", "NULLABLE"),
        ("FLOAT64", "REQUIRED"),
        ("BOOL", "NULLABLE"),
    ]
    assert found.partitioning == Partitioning(column="a", expiration=86_400_000)
    assert found.requires_filter
    assert found.expires == 1_700_000_000_000
    by_number = table_found("nba_raw.toys", {"rangePartitioning": {"field": "a"}})
    assert by_number.partitioning == Partitioning(column=None, step="RANGE")
    assert dataset_found("nba_raw", {"location": "US"}) == DatasetLayout(
        name="nba_raw", location="US"
    )
