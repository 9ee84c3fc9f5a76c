"""What a cutoff forbids: the rows, and the columns of rows, that a date may not have known.

The schedule of D may be read: who plays, when, in which phase and season, and whether a box score
is to be expected (a game that was called off is on nobody's slate). Its results may not. Of later
dates the whole row is forbidden: what was announced by then is not what the table holds now, with
the postponed moved, the called-off marked and the playoffs paired.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from processors.contract import Contract, Cutoff, Layer

SCHEDULE = "nba_raw.schedule"
RESULTS = ("home_score", "away_score", "status", "overtime_periods")
MODELS = "nba_raw.model_predictions"
SNAPSHOTS = ("captured_at", "reported_at", "as_of")

BEFORE_TIP_OFF = """EXISTS (
    SELECT 1 FROM `nba_raw.schedule` AS game
    WHERE game.game_id = held.game_id AND held.{seen_at} < game.tipoff_at)"""
"""A game without a known tip-off has no rows from before it."""

IN_THE_MORNING_TOO = """EXISTS (
    SELECT 1 FROM `nba_raw.schedule` AS game
    WHERE game.game_id = held.game_id AND (held.{seen_at} < game.tipoff_at
      OR game.tipoff_at IS NULL
      AND held.{seen_at} <= TIMESTAMP_ADD(TIMESTAMP(held.game_date), INTERVAL 10 HOUR)))"""
"""What models said may count without a tip-off too: it holds nothing but the store's row, and at
10:00 UTC the last night's games are over and none of the date's has begun."""


@dataclass(frozen=True, kw_only=True)
class Forbidden:
    """Rows of one table, as a condition over `held` and @day; all of them or some columns."""

    contract: Contract
    condition: str
    columns: tuple[str, ...] | None = None

    @property
    def table(self) -> str:
        return self.contract.table


def forbidden(contracts: Iterable[Contract], cutoff: Cutoff) -> list[Forbidden]:
    """For whoever has this cutoff: it depends on the table that is read, not on who reads it."""
    return [one for contract in contracts for one in _of(contract, cutoff)]


def _of(contract: Contract, cutoff: Cutoff) -> Iterator[Forbidden]:
    if contract.date_column is None:
        return
    day = f"held.{contract.date_column}"
    seen_at = next((name for name in SNAPSHOTS if name in contract.key), None)
    if cutoff is Cutoff.AFTER_GAME or contract.cutoff is Cutoff.BEFORE_TIPOFF:
        yield Forbidden(contract=contract, condition=f"{day} > @day")
    elif contract.table == SCHEDULE:
        yield Forbidden(contract=contract, condition=f"{day} > @day")
        yield Forbidden(contract=contract, condition=f"{day} = @day", columns=RESULTS)
    elif contract.layer is Layer.RAW and seen_at:
        early = (IN_THE_MORNING_TOO if contract.table == MODELS else BEFORE_TIP_OFF).format(
            seen_at=seen_at
        )
        # The bound stands alone: by it an engine knows the partitions before it reads a row.
        yield Forbidden(
            contract=contract, condition=f"({day} >= @day AND ({day} > @day OR NOT {early}))"
        )
    else:
        yield Forbidden(contract=contract, condition=f"{day} >= @day")
