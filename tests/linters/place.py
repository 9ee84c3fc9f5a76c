"""A place: one spot of a statement where a stored table is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from processors.contract import Contract, Cutoff, Layer

from .comparison import bounds, conjuncts, is_parameter

ASOF = ("nba_analytics.player_asof", "nba_analytics.team_asof")
RAW_RESULTS = ("nba_raw.player_boxscores", "nba_raw.shots")


@dataclass(frozen=True, eq=False)
class Place:
    """One spot of the statement where a stored table is read."""

    scope: Scope
    alias: str
    contract: Contract

    @property
    def table(self) -> str:
        return self.contract.table

    @property
    def date_column(self) -> str | None:
        return self.contract.date_column

    @property
    def is_history(self) -> bool:
        """Whether its rows tell how games ended."""
        return self.contract.cutoff is Cutoff.AFTER_GAME or self.table in RAW_RESULTS

    @property
    def is_snapshots(self) -> bool:
        """Whether its rows are what was known at some moment, the moment being in the key."""
        return self.contract.layer is Layer.RAW and self.moment is not None

    @property
    def moment(self) -> str | None:
        keys = (self.contract.column(name) for name in self.contract.key)
        return next((column.name for column in keys if column.type == "TIMESTAMP"), None)

    @cached_property
    def conjuncts(self) -> tuple[exp.Expression, ...]:
        return tuple(conjuncts(self.scope, self.alias))

    @cached_property
    def is_of_the_day(self) -> bool:
        """Whether its rows are of the dates asked for, and of no other."""
        found = {
            (str(other.name), side)
            for other, side, strict in bounds(self.conjuncts, self.alias, {self.date_column})
            if is_parameter(other) and not strict
        }
        return {("start_date", "lower"), ("end_date", "upper")} <= found


Origin = tuple[Place, str]
