"""`tipoff copy`: raw tables from one warehouse into another."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, warehouse_at
from clients.printing import ProgressLine, put_json, put_table, say
from pipeline.run import Progress
from processors.errors import UsageError
from processors.registry import load
from warehouse import copying
from warehouse.bigquery.address import is_bigquery, parse_address
from warehouse.opening import SCHEME


def copy(
    source: Annotated[
        str, typer.Option("--from", metavar="ADDRESS", help="The warehouse to copy from.")
    ],
    target: Annotated[
        str, typer.Option("--to", metavar="ADDRESS", help="The warehouse to copy into.")
    ],
    tables: Annotated[
        str | None,
        typer.Option("--tables", metavar="A,B", help="Only these raw tables; else raw: all."),
    ] = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Copy raw tables into another warehouse: rows of equal key go, but for those told live."""
    contracts = load().contracts
    names = [name.strip() for name in (tables or "").split(",") if name.strip()]
    chosen = copying.copied_tables(names, contracts)
    _refuse(source, target)
    progress = ProgressLine(unit="steps")
    done = 0

    def step(what: str) -> None:
        nonlocal done
        done += 1
        progress(Progress(what=what, done=done, in_all=len(chosen) + 2))

    with ExitStack() as stack:
        read = stack.enter_context(warehouse_at(source, wait))
        written = stack.enter_context(warehouse_at(target, wait))
        loaded = copying.copy(read, written, chosen, contracts, step)
    progress.close()
    if json:
        put_json({"loaded": [asdict(one) for one in loaded]})
        return 0
    put_table(
        "copied",
        ["table", "rows read", "replaced", "left"],
        [[one.table, f"{one.read:,}", f"{one.replaced:,}", one.left or ""] for one in loaded],
    )
    say(f"next: tipoff run --warehouse {target} --start DATE --end DATE")
    return 0


def _refuse(source: str, target: str) -> None:
    """Before anything is opened: opening a file that is not there makes it."""
    place = _place(source)
    if place == _place(target):
        raise UsageError(f"{source} and {target} are one warehouse: copy into another one")
    if isinstance(place, Path) and not place.is_file():
        raise UsageError(f"there is nothing to copy from: {place} is no file")


def _place(address: str) -> str | Path:
    """What two spellings of one address have in common."""
    if is_bigquery(address):
        return str(parse_address(address))
    if address.startswith(SCHEME):
        return Path(address.removeprefix(SCHEME)).resolve()
    return address
