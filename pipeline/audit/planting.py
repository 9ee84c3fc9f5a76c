"""Planting: the players' door opened by one game, by rewriting its syntax tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from processors.errors import ContractError
from processors.registry import Processor, Registry
from processors.statement import Statement

if TYPE_CHECKING:
    from sqlglot import exp

DOOR = "nba_analytics.player_asof"
COMPARISONS = 3
"""The cutoff itself, the pruning of what is read, and the end of the game before."""


@dataclass(frozen=True)
class Planted:
    """The house with the leak in it, and each comparison before and after."""

    registry: Registry
    changes: tuple[tuple[str, str], ...]


def plant(registry: Registry) -> Planted:
    """The door with `<=` where it has `<`."""
    honest = registry.processors[DOOR]
    tree = honest.statement.tree.copy()
    changes = []
    for old, new in list(_comparisons(tree)):
        changes.append((old.sql(dialect="bigquery"), new.sql(dialect="bigquery")))
        old.replace(new)
    if len(changes) != COMPARISONS:
        raise ContractError(
            f"{DOOR} has {len(changes)} comparisons where the leak wants {COMPARISONS}: the"
            " statement has changed, and the demonstration with it must"
        )
    leaky: Processor = replace(honest, statement=Statement(tree.sql(dialect="bigquery")))
    return Planted(registry.replaced(leaky), tuple(changes))


def _comparisons(tree: exp.Query) -> Iterator[tuple[exp.Binary, exp.Binary]]:
    # Here, so that a command that plants nothing doesn't load the parser.
    from sqlglot import exp

    # A game counts on its own date, and from that date on the one before it no longer does: a door
    # with the first alone would give two rows a player, which a gate sees.
    opened: dict[str, tuple[type[exp.Binary], type[exp.Binary]]] = {
        "game_date": (exp.LT, exp.LTE),
        "next_game_date": (exp.GTE, exp.GT),
    }
    for node in tree.find_all(exp.LT, exp.GTE):
        column = node.this.this if isinstance(node.this, exp.Coalesce) else node.this
        was, becomes = opened.get(column.name, (None, None))
        if was and becomes and isinstance(node, was):
            yield node, becomes(this=node.this.copy(), expression=node.expression.copy())
