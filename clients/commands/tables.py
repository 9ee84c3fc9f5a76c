"""`tipoff tables`: what is computed from what."""

from __future__ import annotations

from clients.options import JsonOption
from clients.printing import put_json, put_table
from processors.registry import load


def tables(json: JsonOption = False) -> int:
    """List every table with its key, cutoff, inputs and logic version."""
    registry = load()
    listed = [
        {
            "table": one.table,
            "layer": one.contract.layer.value,
            "cutoff": str(one.contract.cutoff),
            "key": list(one.contract.key),
            "columns": len(one.contract.columns),
            "inputs": [feed.table for feed in one.contract.inputs],
            "logic_version": one.logic_version,
        }
        for one in registry
    ]
    if json:
        put_json(listed)
        return 0
    put_table(
        "computed tables, in dependency order",
        ["table", "cutoff", "key", "columns", "logic version"],
        [
            [
                one["table"],
                one["cutoff"],
                ", ".join(map(str, registry.contracts[str(one["table"])].key)),
                one["columns"],
                one["logic_version"],
            ]
            for one in listed
        ],
    )
    return 0
