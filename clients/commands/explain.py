"""`tipoff explain`: what a date stands on, and what is missing first."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from clients.options import (
    WAIT,
    JsonOption,
    TablesOption,
    WaitOption,
    WarehouseOption,
    parse_day,
    parse_tables,
    pipeline_at,
)
from clients.printing import console, put_json
from pipeline.explanation import Branch, Explanation
from pipeline.explanation import explain as explain_day


def explain(
    day: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD, TODAY, YESTERDAY.")],
    tables: TablesOption = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Show a date's dependency tree with counts, the first missing input and its repair."""
    with pipeline_at(warehouse, wait) as pipeline:
        found = explain_day(pipeline, parse_day(day), parse_tables(tables, pipeline.registry))
    if json:
        put_json(_as_json(found))
        return 0
    tree = Tree(Text(f"{found.day}: {found.expectation}"))
    for branch in found.branches:
        _grow(tree, branch)
    console().print(tree)
    if found.first_missing:
        console().print(Text(f"first missing: {found.first_missing}"), soft_wrap=True)
        console().print(Text(f"repair: {found.repair}"), soft_wrap=True)
    else:
        console().print("nothing is missing")
    return 0


def _grow(tree: Tree, branch: Branch) -> None:
    rows = f", {branch.rows:,} rows" if branch.rows is not None else ""
    twig = tree.add(Text(f"{branch.table}{rows}: {branch.summary}"))
    for child in branch.children:
        _grow(twig, child)


def _as_json(found: Explanation) -> dict[str, object]:
    return {
        "date": found.day,
        "expectation": found.expectation,
        "tables": [_branch_as_json(branch) for branch in found.branches],
        "first_missing": found.first_missing,
        "repair": found.repair,
    }


def _branch_as_json(branch: Branch) -> dict[str, object]:
    return {
        "table": branch.table,
        "state": branch.item.state.value if branch.item else None,
        "rows": branch.rows,
        "summary": branch.summary,
        "inputs": [_branch_as_json(child) for child in branch.children],
    }
