"""What lies at or after tip-off stays unread: `<`, bounds on snapshots, no scores."""

from __future__ import annotations

from sqlglot import exp, parse_one
from sqlglot.optimizer.scope import Scope

from .comparison import bounds, equals, ordered, shown
from .place import Place
from .reading import Reading, outputs

SCHEDULE = "nba_raw.schedule"
MODELS = "nba_raw.model_predictions"
MORNING = "TIMESTAMP_ADD(TIMESTAMP({day}), INTERVAL 10 HOUR)"
RESULTS = ("home_score", "away_score", "status", "overtime_periods")


def strictly_before_the_cutoff(reading: Reading) -> list[str]:
    """`<=` (or BETWEEN, or `NOT >`) between a past game's date and D takes in the day itself."""
    if not reading.is_before_tipoff:
        return []
    return [
        f"takes in the day itself: {shown(node)}"
        for scope in reading.scopes
        for node in scope.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)
        if _takes_in_the_day(reading, scope, node)
    ]


def _takes_in_the_day(reading: Reading, scope: Scope, node: exp.Expression) -> bool:
    if isinstance(node, exp.Between):
        parts = (node.this, node.args["low"], node.args["high"])
        return any(reading.holds_a_past_date(scope, one) for one in parts) and any(
            reading.touches_the_cutoff(scope, one) for one in parts
        )
    turned = node.find_ancestor(exp.Not, exp.And, exp.Or, exp.Select)
    compared = ordered(turned if isinstance(turned, exp.Not) else node)
    if compared is None:
        return False
    low, high, strict = compared
    return (
        not strict
        and reading.holds_a_past_date(scope, low)
        and reading.touches_the_cutoff(scope, high)
    )


def history_leaves_out_the_day(reading: Reading) -> list[str]:
    """The contract of a before_tipoff table declares no result of D as its input."""
    if not reading.is_before_tipoff:
        return []
    tables = {place.table for place in reading.places if place.is_history}
    return [
        f"declares {one.table} {one.window}, which holds the games of D"
        for one in reading.contract.inputs
        if one.table in tables and (one.window is None or one.window.includes_day)
    ]


def snapshots_from_before_tipoff(reading: Reading) -> list[str]:
    """A snapshot of odds or injuries, and what was said, is read with `moment < tipoff_at` of its
    own game; what models said also where that is NULL, until the date's morning."""
    return [
        f"{place.table} is read without {place.alias}.{place.moment} < tipoff_at of its game"
        for place in reading.places
        if place.is_snapshots
        and not _ends_at_tipoff(reading, place)
        and not (place.table == MODELS and _ends_in_the_morning(reading, place))
    ]


def _ends_at_tipoff(reading: Reading, place: Place) -> bool:
    games = _own_games(reading, place)
    return any(
        side == "upper"
        and strict
        and _is_of_schedule(reading, place.scope, other, "tipoff_at")
        and other.text("table") in games
        for other, side, strict in bounds(place.conjuncts, place.alias, {place.moment})
    )


def _ends_in_the_morning(reading: Reading, place: Place) -> bool:
    games = _own_games(reading, place)
    unknown = {
        one.this.text("table")
        for one in place.conjuncts
        if isinstance(one, exp.Is)
        and isinstance(one.expression, exp.Null)
        and _is_of_schedule(reading, place.scope, one.this, "tipoff_at")
    }
    return any(
        side == "upper"
        and other.text("table") in games & unknown
        and _is_morning(reading, place.scope, other)
        for other, side, _ in bounds(place.conjuncts, place.alias, {place.moment})
    )


def _own_games(reading: Reading, place: Place) -> set[str]:
    return {
        other.text("table")
        for other in equals(place.conjuncts, place.alias, {"game_id"})
        if _is_of_schedule(reading, place.scope, other, "game_id")
    }


def _is_morning(reading: Reading, scope: Scope, node: exp.Expression) -> bool:
    """Whether a column is 10:00 UTC of the schedule's date, in each SELECT behind it."""
    source = scope.sources.get(node.text("table"))
    if not isinstance(source, Scope):
        return False
    found = list(outputs(source, node.name))
    return bool(found) and all(
        made == parse_one(MORNING.format(day=day.sql("bigquery")), read="bigquery")
        and _is_of_schedule(reading, inner, day, "game_date")
        for inner, made in found
        for day in [made.find(exp.Column) or exp.column("nothing")]
    )


def _is_of_schedule(reading: Reading, scope: Scope, node: exp.Expression, name: str) -> bool:
    found = reading.plain(scope, node)
    return bool(found) and all(
        place.table == SCHEDULE and column == name for place, column in found
    )


def no_results_of_the_schedule(reading: Reading) -> list[str]:
    if not reading.is_before_tipoff:
        return []
    return [
        f"reads the result of a game from the schedule: {shown(column)}"
        for place in reading.places
        if place.table == SCHEDULE
        for column in place.scope.columns
        if column.table == place.alias and column.name in RESULTS
    ]
