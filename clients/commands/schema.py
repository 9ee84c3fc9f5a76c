"""`tipoff schema`: what is stored beside what the contracts say, and making it so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, warehouse_at
from clients.printing import put_json, put_table, say
from pipeline.outcome import FAILED, WITH_FINDINGS
from processors.registry import load

if TYPE_CHECKING:
    from warehouse.differences import Difference

app = typer.Typer(
    help="Hold the stored tables to the contracts; nothing stored is ever dropped.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("diff")
def diff(
    warehouse: WarehouseOption = None, wait: WaitOption = WAIT, json: JsonOption = False
) -> int:
    """Say what differs, table by table, and change nothing. 2 differs, 1 must be mended by hand."""
    with warehouse_at(warehouse, wait) as opened:
        by_table = opened.differences(list(load().contracts.values()))
    found = [one for several in by_table.values() for one in several]
    if json:
        put_json({"differences": [_as_json(one) for one in found]})
    else:
        show(found)
    return _exit_code(found)


@app.command("apply")
def apply(
    warehouse: WarehouseOption = None, wait: WaitOption = WAIT, json: JsonOption = False
) -> int:
    """Create and extend what differs; where anything would be lost, nothing changes. 1 is that."""
    with warehouse_at(warehouse, wait) as opened:
        done = opened.migrate(list(load().contracts.values()))
    if json:
        put_json({"done": list(done)})
    else:
        put_table(
            "what was done" if done else "everything is as the contracts say",
            ["change"],
            [[one] for one in done],
        )
    return 0


def show(found: Sequence[Difference]) -> None:
    if not found:
        say("everything is as the contracts say")
        return
    counts = Counter(one.table for one in found)
    blocking = Counter(one.table for one in found if one.blocks)
    put_table(
        "tables that differ",
        ["table", "differences", "to be mended by hand"],
        [[table, count, blocking[table] or ""] for table, count in counts.items()],
    )
    put_table(
        "how",
        ["table", "column", "what", "mended by", "which"],
        [
            [one.table, one.column, one.kind, "hand" if one.blocks else "apply", one.says]
            for one in found
        ],
    )


def _as_json(one: Difference) -> dict[str, object]:
    return {
        "table": one.table,
        "column": one.column,
        "kind": one.kind.value,
        "blocks": one.blocks,
        "says": one.says,
    }


def _exit_code(found: Sequence[Difference]) -> int:
    if any(one.blocks for one in found):
        return FAILED.exit_code
    return WITH_FINDINGS.exit_code if found else 0
