"""Rows that are kept, on both engines: added where they are new, and never changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from processors.contract import Kept, Layer
from tests.warehouse import toys
from tests.warehouse.conftest import Shop
from warehouse.files import DUCKDB_TYPES, Desk
from warehouse.interface import Warehouse

SAID = replace(
    toys.RAW,
    table="nba_raw.toys_said",
    key=("made_on", "name", "seen_at"),
    kept=Kept(moment="seen_at", says=("wheels", "weight")),
)
NOON = datetime(2024, 11, 9, 12)
DAYS = (date(2023, 1, 1) + timedelta(days=number) for number in range(10_000))
"""A test has one of its own: the table outlives it on BigQuery."""


class Said:
    """One date's toys, and who may say more of them."""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self.warehouse, self.folder, self.day = warehouse, folder, next(DAYS)
        warehouse.migrate([*toys.CONTRACTS, SAID])

    def toy(self, name: str, minutes: int, **said: object) -> dict[str, object]:
        moment = NOON + timedelta(minutes=minutes)
        return {"made_on": self.day, "name": name, "wheels": 4, "seen_at": moment, **said}

    def add(self, *rows: dict[str, object], **said: bool) -> int:
        """How many were left."""
        columns = json.dumps({one.name: DUCKDB_TYPES[one.type] for one in SAID.columns})
        source, path = self.folder / "said.json", self.folder / "said.parquet"
        source.write_text(json.dumps(rows, default=str))
        with Desk() as desk:
            desk.write(f"SELECT * FROM read_json('{source}', columns = {columns})", SAID, path)
        (found,) = self.warehouse.load({SAID.table: path}, {SAID.table: SAID}, **said)
        assert (found.read, found.replaced) == (len(rows), 0)
        return found.left

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """Name, minutes after noon, wheels, weight, colour."""
        text = (
            "SELECT name, seen_at, wheels, weight, is_red FROM `nba_raw.toys_said`"
            " WHERE made_on >= @day AND made_on <= @day ORDER BY name, seen_at"
        )
        found = self.warehouse.rows(text, day=self.day)
        return [(name, (when - NOON).seconds // 60, *rest) for name, when, *rest in found]


@pytest.fixture
def said(shop: Shop, tmp_path: Path) -> Said:
    return Said(shop(), tmp_path)


def test_only_what_is_new(said: Said) -> None:
    assert said.add(said.toy("car", 0), said.toy("bus", 0)) == 0
    assert said.add(said.toy("car", 1, is_red=True), said.toy("bus", 1, wheels=6)) == 1
    assert said.rows == [
        ("bus", 0, 4, None, None),
        ("bus", 1, 6, None, None),
        ("car", 0, 4, None, None),
    ]


def test_against_the_latest(said: Said) -> None:
    """What was said before the latest may be said again."""
    for minutes, wheels, left in ((0, 4, 0), (1, 3, 0), (2, 3, 1), (3, 4, 0)):
        assert said.add(said.toy("car", minutes, wheels=wheels)) == left
    assert [row[1:3] for row in said.rows] == [(0, 4), (1, 3), (3, 4)]


def test_nothing_is_a_value(said: Said) -> None:
    for minutes, weight, left in ((0, None, 0), (1, None, 1), (2, 1.5, 0), (3, None, 0)):
        assert said.add(said.toy("car", minutes, weight=weight)) == left


def test_nothing_is_changed(said: Said) -> None:
    """The same moment, other words."""
    said.add(said.toy("car", 5))
    assert said.add(said.toy("car", 5, wheels=3, is_red=True)) == 1
    assert said.rows == [("car", 5, 4, None, None)]


def test_what_was_said_earlier_may_come_later(said: Said) -> None:
    """A copy of what another warehouse was told; the second time nothing of it is new."""
    said.add(said.toy("car", 5))
    for left in (0, 2):
        assert said.add(said.toy("car", 1), said.toy("car", 2, wheels=3)) == left
    assert [row[1] for row in said.rows] == [1, 2, 5]


def test_together_with_what_stands(said: Said) -> None:
    """A copy whose first row is there already: a row says nothing new beside the one before it,
    not beside the latest that stood when they came."""
    said.add(said.toy("car", 0))
    again = [said.toy("car", minutes, wheels=n) for minutes, n in ((0, 4), (1, 3), (2, 3), (3, 4))]
    assert said.add(*again) == 2
    assert [row[1:3] for row in said.rows] == [(0, 4), (1, 3), (3, 4)]


def test_beside_what_stands_not_what_contradicts_it(said: Said) -> None:
    """Another word for a moment that is told is not kept, and nothing is measured by it."""
    said.add(said.toy("car", 5))
    assert said.add(said.toy("car", 5, wheels=3), said.toy("car", 6, wheels=3)) == 1
    assert [row[1:3] for row in said.rows] == [(5, 4), (6, 3)]


def test_in_the_lane(said: Said) -> None:
    with said.warehouse.lane:
        assert said.add(said.toy("car", 0), in_lane=True) == 0
    assert len(said.rows) == 1


@pytest.mark.parametrize(
    "said", [{"layer": Layer.OPS}, {"kept": Kept(moment="wheels", says=())}], ids=["ops", "moment"]
)
def test_contracts(said: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="only raw rows are kept"):
        replace(SAID, **said)  # type: ignore[arg-type]
