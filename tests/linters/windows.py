"""Window calls with their named windows resolved, and what each cutoff allows of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from .comparison import shown
from .reading import Reading

NUMBERING = (exp.RowNumber, exp.Rank, exp.DenseRank)
NAVIGATION = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)


@dataclass(frozen=True)
class Call:
    """One function OVER one window."""

    node: exp.Window
    scope: Scope
    function: exp.Expression
    partition: tuple[exp.Expression, ...]
    order: tuple[exp.Ordered, ...]
    frame: exp.WindowSpec | None

    @property
    def is_aggregate(self) -> bool:
        return not isinstance(self.function, NUMBERING + NAVIGATION)


def calls(scope: Scope) -> Iterator[Call]:
    named = {one.this.name: one for one in scope.expression.args.get("windows") or ()}
    for node in scope.find_all(exp.Window):
        if isinstance(node.this, exp.Identifier):
            continue
        function = node.this
        if isinstance(function, exp.IgnoreNulls | exp.RespectNulls):
            function = function.this
        partition, order, frame = _resolved(node, named)
        yield Call(node, scope, function, partition, order, frame)


def _resolved(
    window: exp.Window, named: dict[str, exp.Window]
) -> tuple[tuple[exp.Expression, ...], tuple[exp.Ordered, ...], exp.WindowSpec | None]:
    base = named.get(window.alias)
    partition, order, frame = _resolved(base, named) if base else ((), (), None)
    own_order = window.args.get("order")
    return (
        tuple(window.args.get("partition_by") or partition),
        tuple(own_order.expressions) if own_order else order,
        window.args.get("spec") or frame,
    )


def no_frame_over_games(reading: Reading) -> list[str]:
    """Before tip-off nothing rolls: rolling windows stand in the form tables, once."""
    if not reading.is_before_tipoff:
        return []
    found = []
    for scope in reading.scopes:
        for call in calls(scope):
            if call.is_aggregate and (call.order or call.frame):
                found.append(f"rolls over rows: {shown(call.node)}")
            elif isinstance(call.function, NAVIGATION) and not _ends_validity(reading, call):
                found.append(f"looks at neighbouring rows: {shown(call.node)}")
    return found


def _ends_validity(reading: Reading, call: Call) -> bool:
    """LEAD of the game's date in an as-of statement: until when a game is the latest."""
    found = reading.plain(call.scope, call.function.this)
    return (
        reading.is_asof
        and isinstance(call.function, exp.Lead)
        and bool(found)
        and all(place.is_history and name == place.date_column for place, name in found)
    )


def no_look_ahead(reading: Reading) -> list[str]:
    """After a game nothing knows a later one: frames end here, orders rise, groups are games."""
    if reading.is_before_tipoff:
        return []
    found = []
    for scope in reading.scopes:
        for call in calls(scope):
            fault = _ahead(reading, call)
            if fault:
                found.append(f"{fault}: {shown(call.node)}")
        fault = _spanning_group(reading, scope)
        if fault:
            found.append(fault)
    return found


def _ahead(reading: Reading, call: Call) -> str | None:
    frame = call.frame
    if isinstance(call.function, exp.Lead):
        return "LEAD looks ahead"
    if isinstance(call.function, exp.Lag) and call.function.find(exp.Neg):
        return "a LAG of less than nothing looks ahead"
    if frame and "FOLLOWING" in (frame.text("start_side"), frame.text("end_side")):
        return "the frame looks ahead"
    if _fixes_the_game(reading, call.scope, call.partition):
        return None
    if not call.order:
        return "a window without an order holds later games"
    if any(one.args.get("desc") for one in call.order):
        return "the order falls, so what is before a row is later"
    if not _is_game(reading, call.scope, call.order[0].this, dates_only=True):
        return "the order is not by the game's date"
    return None


def _spanning_group(reading: Reading, scope: Scope) -> str | None:
    select = scope.expression
    group = select.args.get("group")
    if group:
        fixed = _fixes_the_game(reading, scope, group.expressions)
        return None if fixed else f"a group holds later games: {shown(group)}"
    bare = [
        one
        for one in scope.find_all(exp.AggFunc)
        if not isinstance(one, NUMBERING + NAVIGATION) and not one.find_ancestor(exp.Window)
    ]
    return f"an aggregate over all rows holds later games: {shown(bare[0])}" if bare else None


def _fixes_the_game(
    reading: Reading, scope: Scope, keys: tuple[exp.Expression, ...] | list[exp.Expression]
) -> bool:
    return any(_is_game(reading, scope, key) for key in keys)


def _is_game(
    reading: Reading, scope: Scope, node: exp.Expression, *, dates_only: bool = False
) -> bool:
    found = reading.plain(scope, node)
    return bool(found) and all(
        name == place.date_column or (name == "game_id" and not dates_only) for place, name in found
    )
