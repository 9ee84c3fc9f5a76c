"""`tipoff explain`: what a date stands on, and what is missing first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clients.options import (
    WAIT,
    JsonOption,
    TablesOption,
    WaitOption,
    WarehouseOption,
    asking,
)
from clients.printing import console, put_json

if TYPE_CHECKING:
    from rich.tree import Tree

    from service.models.explained import BranchOf, Explained


def explain(
    day: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD, TODAY, YESTERDAY.")],
    tables: TablesOption = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Show a date's dependency tree with counts, the first missing input and its repair."""
    found = asking(warehouse, wait).explain(day, tables)
    if json:
        put_json(found.model_dump(mode="json"))
    else:
        show(found)
    return 0


def show(found: Explained) -> None:
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(f"{found.date}: {found.expectation}"))
    for branch in found.tables:
        _grow(tree, branch)
    console().print(tree)
    if found.first_missing:
        console().print(Text(f"first missing: {found.first_missing}"), soft_wrap=True)
        console().print(Text(f"repair: {found.repair}"), soft_wrap=True)
    else:
        console().print("nothing is missing")


def _grow(tree: Tree, branch: BranchOf) -> None:
    from rich.text import Text

    rows = f", {branch.rows:,} rows" if branch.rows is not None else ""
    twig = tree.add(Text(f"{branch.table}{rows}: {branch.summary}"))
    for child in branch.inputs:
        _grow(twig, child)
