"""`tipoff verify`: one verdict on what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clients.commands.audit import EXIT_CODES
from clients.options import (
    WAIT,
    EndOption,
    JsonOption,
    TablesOption,
    WaitOption,
    WarehouseOption,
    asking,
)
from clients.printing import put_json, put_table, say

if TYPE_CHECKING:
    from service.models.answers import Verified

SHOWN = 20


def verify(
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="DATE", help="First date; else every season."),
    ] = None,
    end: EndOption = None,
    tables: TablesOption = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Hold what is stored to ledger, canaries and audits: one verdict. 1 differs, 2 unproven."""
    found = asking(warehouse, wait).verify(start, end, tables)
    if json:
        put_json(found.model_dump(mode="json"))
    else:
        show(found)
    return EXIT_CODES[found.verdict]


def show(found: Verified) -> None:
    put_table(
        "what is stored",
        ["part", "verdict", "found"],
        [[one.part, one.verdict, one.said] for one in found.parts],
    )
    findings = [(one.part, line) for one in found.parts for line in one.findings]
    if findings:
        put_table("findings", ["part", "finding"], findings[:SHOWN])
    if len(findings) > SHOWN:
        say(f"… and {len(findings) - SHOWN} more: --json lists them all")
    say(f"{found.verdict} (audit {found.audit_id})")
