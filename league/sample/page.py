"""The planted traps and faults as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from league.sample.traps import FAULTS, TRAPS, Trap

INTRODUCTION = """# The sample league

`tipoff sample --seasons N --seed S [--last-season 2025]` writes the last N seasons up to 2025-26:
real opening days, 30 teams with 82 games each, play-in, playoffs, an All-Star gap, a cup final,
injuries with reports, trades, DNPs, overtimes, shots by zone, three bookmakers from two
providers with lines from the opening to minutes before tip-off, and snapshots after it. Equal
seeds give equal leagues; a season depends on its seed and year alone.

The lines come from a model of earlier games plus noise. An honest ten-game mean hits 45-55 % at
edge 3, a leaked five-game mean at least 70 %: tests hold it to that.

This page is made from `league/sample/traps.py` by `make generated`; a test holds it to it.
"""


def league_page() -> str:
    return (
        INTRODUCTION
        + "\n## Traps\nIn every sample. Each lies where something has gone wrong before; the"
        " default league runs through with exit 0.\n\n"
        + _listed(TRAPS)
        + "\n\n## Faults\nOnly with `--faults`: what must be refused or rejected.\n\n"
        + _listed(FAULTS)
        + "\n"
    )


def _listed(traps: Iterable[Trap]) -> str:
    lines = ["| name | lies in | what |", "|---|---|---|"]
    lines += [f"| `{one.name}` | `{one.table}` | {one.what} |" for one in traps]
    return "\n".join(lines)
