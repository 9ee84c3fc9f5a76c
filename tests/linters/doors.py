"""The doors to history: how a before_tipoff statement may come by the games that are over.

A table of games that are over is *open* where it is read, until in some SELECT each of its rows is
1. equal by date to an as-of row's last_game_date, or
2. in a declared window of days: date < D and date >= DATE_SUB(D, INTERVAL n DAY), n as declared, or
3. in an as-of statement: date < D, or
4. equal by date to a row that came through one of these doors.
An open SELECT hands its rows' date on, groups by it, rolls over nothing, and is never the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from .comparison import bounds, conjuncts, days_before, equals, shown
from .place import Origin
from .reading import Reading, branches, is_final
from .windows import calls

Dates = frozenset[str]
"""Names of the columns that hold an open row's date."""


def history_through_the_doors(reading: Reading) -> list[str]:
    if not reading.is_before_tipoff:
        return []
    still_open: dict[int, Dates] = {}
    found: list[str] = []
    for scope in reading.scopes:
        found += _Select(reading, scope, still_open).examine()
    return found


@dataclass(frozen=True)
class _Select:
    """One SELECT, and which of those before it are still open."""

    reading: Reading
    scope: Scope
    still_open: dict[int, Dates]

    def examine(self) -> list[str]:
        sources = self._open_sources()
        closed = {alias for alias, dates in sources.items() if self._has_a_door(alias, dates)}
        carried = {alias for alias, dates in sources.items() if self._handed_on(alias, dates)}
        closed = self._with_companions(closed, sources)
        kept = self._with_companions(closed | carried, sources)
        lost = [
            f"{self._name(alias)} is read through no door"
            f" in {shown(self._read(alias))} ({shown(self.scope.expression.args['from_'])})"
            for alias in sources
            if alias not in kept
        ]
        opened = carried - closed
        if not opened:
            return lost
        names = frozenset[str]().union(
            *(self._handed_on(alias, sources[alias]) for alias in opened)
        )
        self.still_open[id(self.scope)] = names
        if not any(opened <= self._with_companions({one}, sources) for one in opened):
            lost.append(f"{' and '.join(sorted(opened))} stay open, each with a date of its own")
        return lost + list(self._misuse(names))

    def _open_sources(self) -> Mapping[str, Dates]:
        found: dict[str, Dates] = {}
        for alias, (_, source) in self.scope.selected_sources.items():
            if isinstance(source, Scope):
                dates = self._open_outputs(source)
                if dates is not None:
                    found[alias] = dates
            else:
                place = self.reading.place(self.scope, alias)
                if place and place.is_history:
                    found[alias] = frozenset({str(place.date_column)})
        return found

    def _open_outputs(self, source: Scope) -> Dates | None:
        """None where every SELECT of the source is closed."""
        every = list(branches(source))
        names = every[0].expression.named_selects
        parts = [
            frozenset(
                names[at]
                for at, name in enumerate(one.expression.named_selects)
                if name in self.still_open[id(one)]
            )
            for one in every
            if id(one) in self.still_open
        ]
        return frozenset.intersection(*parts) if parts else None

    def _has_a_door(self, alias: str, dates: Dates) -> bool:
        conditions = list(conjuncts(self.scope, alias))
        if any(
            self.reading.is_last_game_date(self.scope, other)
            for other in equals(conditions, alias, dates)
        ):
            return True
        limits = list(bounds(conditions, alias, dates))
        before = [
            other
            for other, side, strict in limits
            if side == "upper" and strict and self.reading.is_date_of_the_slate(self.scope, other)
        ]
        if self.reading.is_asof:
            return bool(before)
        declared = self._declared_days(alias, dates)
        starts = [days_before(other) for other, side, strict in limits if side == "lower"]
        return any(one[0] in before and one[1] <= declared for one in starts if one is not None)

    def _declared_days(self, alias: str, dates: Dates) -> int:
        """How many days the contract lets the statement look back; none where it says a season."""
        windows = [self.reading.window(place) for place, _ in self._origins(alias, dates)]
        return min((one.days or 0 if one else 0 for one in windows), default=0)

    def _origins(self, alias: str, dates: Dates) -> Iterator[Origin]:
        for name in dates:
            yield from self.reading.plain(self.scope, exp.column(name, table=alias))

    def _handed_on(self, alias: str, dates: Dates) -> Dates:
        return frozenset(
            one.alias_or_name
            for one in self.scope.expression.selects
            if isinstance(one.unalias(), exp.Column)
            and one.unalias().table == alias
            and one.unalias().name in dates
        )

    def _with_companions(self, aliases: set[str], sources: Mapping[str, Dates]) -> set[str]:
        """With those whose date equals the date of one of these, or of a row closed before."""
        found = set(aliases)
        size = -1
        while len(found) != size:
            size = len(found)
            for alias, dates in sources.items():
                conditions = conjuncts(self.scope, alias)
                others = equals(conditions, alias, dates)
                if any(self._is_companion(other, found, sources) for other in others):
                    found.add(alias)
        return found

    def _is_companion(
        self, other: exp.Expression, kept: set[str], sources: Mapping[str, Dates]
    ) -> bool:
        if isinstance(other, exp.Column) and other.table in sources:
            return other.table in kept and other.name in sources[other.table]
        origins = self.reading.plain(self.scope, other)
        return bool(origins) and all(
            place.is_history and name == place.date_column for place, name in origins
        )

    def _misuse(self, names: Dates) -> Iterator[str]:
        """What may not be done to rows that may still be of D or later."""
        select = self.scope.expression
        where = f"rows not yet held to before D ({shown(select.args['from_'])})"
        if is_final(self.scope):
            yield f"{where} reach the result as {', '.join(sorted(names))}"
        dates = [one.unalias() for one in select.selects if one.alias_or_name in names]
        group = select.args.get("group")
        if group and not any(date in group.expressions for date in dates):
            yield f"{where} are grouped over games: {shown(group)}"
        for call in calls(self.scope):
            if not (self.reading.is_asof and isinstance(call.function, exp.Lead)):
                yield f"{where} are seen through a window: {shown(call.node)}"

    def _name(self, alias: str) -> str:
        place = self.reading.place(self.scope, alias)
        return place.table if place else f"history in {alias}"

    def _read(self, alias: str) -> exp.Expression:
        return self.scope.selected_sources[alias][0]
