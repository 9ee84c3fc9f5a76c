"""`tipoff backtest --demonstrate-leak`: one model honest and leaked, side by side."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from clients.printing import put_json, put_table, say
from clients.season_in_memory import season_in_memory
from modeling.demonstration import TABLES, Side, Sides, demonstrate
from modeling.fitting.recipe import Recipe
from modeling.report.report import as_json
from pipeline.audit.demonstration import raw_tables
from processors.registry import load


def demonstrate_leak(
    recipe: Recipe, feature_set: str, *, warehouse: str | None, wait: float, json: bool
) -> int:
    """On a copy in memory. Exit code 1 where it did not show what it must."""
    registry = load()
    with season_in_memory(registry, raw_tables(registry, TABLES), warehouse, wait) as (
        own,
        address,
    ):
        sides = demonstrate(own, registry, recipe, feature_set, say)
    if json:
        put_json(
            {
                "shown": sides.is_shown,
                "league": address or "sample",
                "planted": [{"old": old, "new": new} for old, new in sides.planted.changes],
                "date": sides.day,
                **{
                    one.name: as_json(one.report) | {"audit": one.verdict.word.value}
                    for one in (sides.honest, sides.leaked)
                },
                "claims": [{"says": one.says, "holds": one.holds} for one in sides.claims],
            }
        )
    else:
        show(sides, address)
    return 0 if sides.is_shown else 1


def show(sides: Sides, address: str | None) -> None:
    """The same numbers of both, in one table."""
    about = sides.honest.report.about
    _say(
        f"{about.framework} on {about.feature_set}, loss {about.loss}, over"
        f" {address or 'a sample league'}, {about.first} to {about.last}.",
        "Leaked: the door to history lets the evening itself through.",
        *(f"   {old}  becomes  {new}" for old, new in sides.planted.changes),
    )
    put_table("", ["", "honest", "leaked"], _rows(sides))
    for flag in sides.leaked.report.flags:
        _say(f"flag on the leaked one: {flag.says}")
    for claim in sides.claims:
        _say(f"   {'yes' if claim.holds else 'NO '}  {claim.says}")


def _rows(sides: Sides) -> Iterator[list[object]]:
    both = (sides.honest, sides.leaked)
    for of in ("all", "listed"):
        for name in sides.honest.predictors(of):
            yield [f"MAE, {of}: {name}", *(one.mae(of, name) for one in both)]
    for edge in sides.honest.edges():
        yield [f"hit rate at edge {edge:g}", *(one.rate(edge) for one in both)]
    yield ["red flags", *(len(one.report.flags) for one in both)]
    yield ["gates failed", *(_failed(one) for one in both)]
    yield [f"audit of {sides.day}", *(one.verdict.word.value for one in both)]


def _failed(one: Side) -> str:
    return ", ".join(gate.name for gate in one.report.gates if not gate.passed) or "none"


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
