"""An append in portions: no request may be larger than 10 MB, its parameters included."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from processors.contract import Contract
from warehouse.bigquery.parameters import Records, record_values

Rows = Mapping[str, Sequence[Mapping[str, object]]]

MOST_BYTES = 7_000_000
"""Of the rows. With room to the 10 MB for the text and the types of the columns."""
RUNS = "nba_ops.runs"
STARTED = "started"


def portions(rows: Rows, contract_of: Callable[[str], Contract]) -> list[Rows]:
    """One, if that will do. Else whoever dies between two leaves what a run that isn't done yet
    leaves: that it began comes with the first portion, how it ended with the last."""
    sizes = {table: _sizes(contract_of(table), new) for table, new in rows.items() if new}
    found: list[dict[str, list[Mapping[str, object]]]] = [{}]
    held = 0
    for table, number in _in_order(rows):
        size = sizes[table][number]
        if held and held + size > MOST_BYTES:
            found.append({})
            held = 0
        found[-1].setdefault(table, []).append(rows[table][number])
        held += size
    return list(found)


def _sizes(contract: Contract, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Of each row as it is sent. What can't be sent is refused here, before any portion is."""
    types = {one.name: one.type for one in contract.stored_columns}
    values = record_values(f"{contract.name}_rows", Records(types, rows))
    return [len(json.dumps(one)) + len(", ") for one in values]


def _in_order(rows: Rows) -> list[tuple[str, int]]:
    """Table and number of each row."""
    places = [(table, number) for table, new in rows.items() for number in range(len(new))]
    return sorted(places, key=lambda place: _turn(place[0], rows[place[0]][place[1]]))


def _turn(table: str, row: Mapping[str, object]) -> int:
    if table != RUNS:
        return 1
    return 0 if row.get("event") == STARTED else 2
