"""Rows of one day meet rows of the same day only: else a range knows more than its dates."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from .comparison import conjuncts, flat, shown
from .reading import Reading, branches


def days_are_not_mixed(reading: Reading) -> list[str]:
    """What is of the day to be predicted is joined on its date or its game."""
    if not reading.is_before_tipoff:
        return []
    return [
        f"{join.alias_or_name} is joined on neither date nor game: {shown(join)}"
        for scope in reading.scopes
        for join in scope.expression.args.get("joins") or ()
        if _is_of_the_day(reading, scope, join.alias_or_name)
        and not _is_linked(reading, scope, join)
    ]


def _is_of_the_day(reading: Reading, scope: Scope, alias: str) -> bool:
    if alias not in scope.selected_sources:
        return False
    source = scope.selected_sources[alias][1]
    if not isinstance(source, Scope):
        place = reading.place(scope, alias)
        return place is not None and place.is_of_the_day
    return any(
        place.is_of_the_day and not place.is_history
        for branch in branches(source)
        for one in branch.expression.selects
        for place, _ in reading.made_of(branch, one)
    )


def _is_linked(reading: Reading, scope: Scope, join: exp.Join) -> bool:
    alias = join.alias_or_name
    own = flat(join.args["on"]) if join.args.get("on") else ()
    for condition in (*own, *conjuncts(scope, alias)):
        if isinstance(condition, exp.EQ):
            sides = (condition.this.unnest(), condition.expression.unnest())
            owners = [one.text("table") for one in sides]
            kinds = {_kind(reading, scope, one) for one in sides}
            if alias in owners and owners[0] != owners[1] and kinds in ({"date"}, {"game"}):
                return True
    return False


def _kind(reading: Reading, scope: Scope, node: exp.Expression) -> str:
    if reading.is_date_of_the_slate(scope, node):
        return "date"
    found = reading.plain(scope, node)
    return "game" if found and all(name == "game_id" for _, name in found) else ""
