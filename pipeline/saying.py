"""Saying live: what is published of a date is kept as it is told, before its games."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.begun import refuse_begun
from pipeline.clock import now
from pipeline.outcome import BLOCKED, COMPLETED, WITH_FINDINGS, Overall
from pipeline.run import Pipeline
from processors.contract import Contract
from warehouse.files import Desk
from warehouse.interface import Row

TABLE = "nba_raw.live_predictions"
PREDICTIONS = "nba_predictions.player_prop_predictions"

COLUMNS = (
    "game_date",
    "player_lookup",
    "system_id",
    "game_id",
    "team_abbr",
    "opponent_team_abbr",
    "predicted_points",
    "current_points_line",
    "points_line_provider",
    "points_line_bookmaker",
    "points_line_captured_at",
    "confidence",
    "model_id",
    "model_state",
    "feature_set",
    "feature_vector",
    "feature_hash",
    "tipoff_at",
)
COMPUTED = f"""
SELECT {", ".join(COLUMNS)}
FROM `{PREDICTIONS}`
WHERE game_date >= @first_date AND game_date <= @last_date AND is_backfill
ORDER BY player_lookup, system_id
"""
TOLD = f"""
SELECT as_of, system_id, COUNT(*) AS told
FROM `{TABLE}`
WHERE game_date >= @first_date AND game_date <= @last_date
GROUP BY as_of, system_id
"""

LEFT_OUT: Mapping[str, str] = {
    "begun": "their games had begun",
    "no_tipoff": "the schedule knows no tip-off of their games, and what can't be shown to come"
    " before it isn't live",
    "line_from_later": "their lines were seen after this moment",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was told live of a date, by system, and what couldn't be, by a word of `LEFT_OUT`."""

    moment: datetime | None = None
    """By the clock; None where nothing was ready to be told."""
    new: Mapping[str, int] = field(default_factory=dict)
    unchanged: Mapping[str, int] = field(default_factory=dict)
    """Told before, in the same words."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    silence: str = ""
    """Why nothing was ready to be told."""

    @property
    def rows(self) -> int:
        """That stand as said live."""
        return sum(self.new.values()) + sum(self.unchanged.values())

    @property
    def overall(self) -> Overall:
        """Of the telling alone. Where nothing was ready, the word is that of what was to be."""
        if self.moment is None:
            return COMPLETED
        if not self.rows:
            return BLOCKED
        return WITH_FINDINGS if self.left_out else COMPLETED

    @property
    def reason(self) -> str:
        if self.moment is None:
            return self.silence
        if not self.rows and not self.left_out:
            return "what stands of the date holds no row that could be told"
        new = sum(self.new.values())
        parts = [f"{new} rows are new, {self.rows - new} stand as they were told before"]
        parts += [f"{rows} not told: {LEFT_OUT[why]}" for why, rows in self.left_out.items()]
        return "; ".join(parts)


def keep_live(pipeline: Pipeline, day: date) -> Said:
    """Add to what was told of the date what is new of its published rows; nothing that was told is
    changed. The next plan sees them. Raises UsageError where every game has begun."""
    warehouse = pipeline.warehouse
    # The moment is taken when nobody else works any more: no wait is between it and the rows.
    with warehouse.lane:
        warehouse.look()
        moment = now().replace(tzinfo=None)
        found = warehouse.rows(COMPUTED, first_date=day, last_date=day)
        reasons = [_left_out(dict(zip(COLUMNS, row, strict=True)), moment) for row in found]
        tellable = [row for row, why in zip(found, reasons, strict=True) if why is None]
        left_out = Counter(why for why in reasons if why is not None)
        if not tellable and left_out["begun"]:
            refuse_begun(warehouse, [day])
        asked = _by_system(tellable)
        new = _added(pipeline, day, moment, tellable) if tellable else Counter()
    return Said(
        moment=moment,
        new={name: new[name] for name in asked if new[name]},
        unchanged={name: rows - new[name] for name, rows in asked.items() if rows > new[name]},
        left_out=dict(sorted(left_out.items())),
    )


def _left_out(row: Mapping[str, object], moment: datetime) -> str | None:
    tipoff, seen = row["tipoff_at"], row["points_line_captured_at"]
    if not isinstance(tipoff, datetime):
        return "no_tipoff"
    if tipoff.replace(tzinfo=None) <= moment:
        return "begun"
    if isinstance(seen, datetime) and seen.replace(tzinfo=None) > moment:
        return "line_from_later"
    return None


def _added(pipeline: Pipeline, day: date, moment: datetime, rows: Sequence[Row]) -> Counter[str]:
    """By system, the rows that weren't told yet: the warehouse decides, where no other can come
    between."""
    warehouse, contract = pipeline.warehouse, pipeline.registry.contracts[TABLE]
    before = _told(pipeline, day, moment)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{contract.name}.parquet"
        _write(rows, moment, contract, path)
        warehouse.load({TABLE: path}, {TABLE: contract}, in_lane=True)
    return _told(pipeline, day, moment) - before


def _told(pipeline: Pipeline, day: date, moment: datetime) -> Counter[str]:
    """At this moment, by system."""
    rows = pipeline.warehouse.rows(TOLD, first_date=day, last_date=day)
    return Counter(
        {system: told for when, system, told in rows if when.replace(tzinfo=None) == moment}
    )


def _write(rows: Sequence[Row], moment: datetime, contract: Contract, path: Path) -> None:
    """By way of text, which loses nothing of a number and has a word for what is missing."""
    # Only who tells waits for arrays.
    from numpy import array

    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    columns["as_of"] = (moment,) * len(rows)
    with Desk() as desk:
        desk.put(
            "told",
            {
                name: array([None if one is None else str(one) for one in values], dtype=object)
                for name, values in columns.items()
            },
        )
        desk.write("SELECT * FROM told", contract, path)


def _by_system(rows: Iterable[Row]) -> Counter[str]:
    place = COLUMNS.index("system_id")
    return Counter(row[place] for row in rows)
