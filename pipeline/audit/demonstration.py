"""The demonstration: an honest backtest, the same with a leak planted, and the audit of both.

It computes and overwrites; whoever calls it hands it a warehouse that is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.audit.backtest import (
    Evening,
    Foresight,
    Rate,
    backtest,
    busiest_date,
    evenings,
    foresight,
)
from pipeline.audit.blindness import audit_date
from pipeline.audit.planting import DOOR, Planted, plant
from pipeline.audit.verdict import Verdict, Word
from pipeline.calendar import EVER, Season
from pipeline.outcome import Outcome, Status
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.errors import UsageError
from processors.registry import Registry
from warehouse.interface import Warehouse

CACHE = "nba_precompute.player_daily_cache"
AUDITED = (DOOR, CACHE)
COMPUTED = (*AUDITED, "nba_analytics.player_game_summary")
"""The results too: no table of a date wants those of its own date, but a bet is settled by them."""
REFUSED = (Status.REJECTED, Status.BLOCKED, Status.FAILED)
NEAR_HALF = 0.05
LEAKED_AT_LEAST = 0.65
"""Nobody beats the lines so often who doesn't know the result."""

SEASONS = """
SELECT game.season_year, COUNT(DISTINCT line.game_date) AS dates
FROM `nba_raw.odds_player_points` AS line
JOIN `nba_raw.schedule` AS game ON game.game_id = line.game_id
JOIN (
  SELECT DISTINCT game_id
  FROM `nba_raw.player_boxscores`
  WHERE game_date >= @first_date AND game_date <= @last_date
) AS played
  ON played.game_id = line.game_id
WHERE line.captured_at < game.tipoff_at
  AND line.game_date >= @first_date AND line.game_date <= @last_date
  AND game.game_date >= @first_date AND game.game_date <= @last_date
GROUP BY game.season_year
ORDER BY dates DESC, game.season_year DESC
LIMIT 1
"""


@dataclass(frozen=True)
class Refusal:
    """Dates of a table that were kept from being published, with the first one and its reason."""

    table: str
    status: Status
    dates: int
    first: date
    reason: str


@dataclass(frozen=True)
class Pass:
    """One computation of the season: its hit rates, what the gates refused of it, which means
    got past them with the evening in them, and what the audit says of one date."""

    rates: Mapping[str, Rate]
    refused: tuple[Refusal, ...]
    foresight: Foresight
    verdicts: tuple[Verdict, ...]

    @property
    def word(self) -> Word:
        words = {one.word for one in self.verdicts}
        return words.pop() if len(words) == 1 else Word.UNDETERMINED

    def leak_of(self, table: str) -> Mapping[str, Any]:
        """What the audit shows of the table's leak; empty where it found none."""
        verdict = next((one for one in self.verdicts if one.table == table), None)
        leak = verdict.evidence.get("leak") if verdict else None
        return leak if isinstance(leak, Mapping) else {}


@dataclass(frozen=True)
class Bet:
    """What the door that leaks does to one player's five-game mean of one date."""

    player: str
    line: float | None
    points: int
    honest: float
    leaked: float


@dataclass(frozen=True)
class Claim:
    """Something that the demonstration is to show, and whether it did."""

    says: str
    holds: bool


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """All that was found."""

    season: str
    day: date
    edge: float
    planted: Planted
    honest: Pass
    leaked: Pass
    bet: Bet | None

    @property
    def claims(self) -> tuple[Claim, ...]:
        nothing = Rate("five games", 0, 0, 0)
        honest, leaked = (
            one.rates.get("five games", nothing) for one in (self.honest, self.leaked)
        )
        leak = self.leaked.leak_of(DOOR)
        return (
            Claim(
                f"the honest five-game mean wins about half: {honest.share:.1%}",
                abs(honest.share - 0.5) <= NEAR_HALF,
            ),
            Claim(
                f"with the leak it wins far more, beyond chance: {leaked.share:.1%}",
                leaked.share >= LEAKED_AT_LEAST and leaked.interval[0] > honest.interval[1],
            ),
            Claim(
                "the honest means count no evening of their own; with the leak"
                f" {self.leaked.foresight.means:,} do, and the gates let them through",
                self.honest.foresight.means == 0 < self.leaked.foresight.means,
            ),
            Claim("the audit passes the honest tables", self.honest.word is Word.PASSED),
            Claim("the audit fails the tables with the leak", self.leaked.word is Word.FAILED),
            Claim(
                "it names statement, column, player and the row that gave it away",
                all(leak.get(part) for part in ("entity", "columns", "input", "row")),
            ),
        )

    @property
    def is_shown(self) -> bool:
        return all(one.holds for one in self.claims)


def season_with_lines(warehouse: Warehouse) -> int | None:
    """The start year of the one with the most dates that have both lines and box scores."""
    rows = warehouse.rows(SEASONS, **EVER)
    return int(rows[0][0]) if rows else None


def raw_tables(registry: Registry, computed: Sequence[str] = COMPUTED) -> list[str]:
    """What is to be there before these tables are computed."""
    inputs = {feed.table for one in registry.upstream(computed) for feed in one.contract.inputs}
    return sorted(table for table in inputs if table not in registry.processors)


def demonstrate(
    warehouse: Warehouse, registry: Registry, edge: float, tell: Callable[[str], None]
) -> Demonstration:
    """On a warehouse that is to be thrown away: its tables end with the leak in them."""
    honest = Pipeline(warehouse, registry)
    year = season_with_lines(warehouse)
    season = next((one for one in honest.assessor.calendar.seasons if one.year == year), None)
    if season is None:
        raise UsageError("no season has both lines from before tip-off and box scores")
    tell(f"computing {season.label} as it stands")
    refused = _compute(honest, season)
    day = busiest_date(warehouse, season.start, season.last, edge)
    if day is None:
        raise UsageError(f"no mean is {edge:g} points away from its line in {season.label}")
    first = _pass(honest, season, day, edge, _refusals(refused), tell)
    before = evenings(warehouse, day)
    planted = plant(registry)
    leaky = Pipeline(warehouse, planted.registry)
    tell(f"computing {season.label} with the leak planted")
    because_of_it = _refusals(_compute(leaky, season), but=refused)
    second = _pass(leaky, season, day, edge, because_of_it, tell)
    return Demonstration(
        season=season.label,
        day=day,
        edge=edge,
        planted=planted,
        honest=first,
        leaked=second,
        bet=_bet(second, before, evenings(warehouse, day)),
    )


def _compute(pipeline: Pipeline, season: Season) -> list[Outcome]:
    """What was refused. The gates are on; where one refuses a date, the rows from before stay."""
    request = make_request(pipeline.registry, tables=COMPUTED, start=season.start, end=season.last)
    report = pipeline.run(request)
    return [one for one in (*report.prepared, *report.results) if one.status in REFUSED]


def _refusals(outcomes: Iterable[Outcome], but: Iterable[Outcome] = ()) -> tuple[Refusal, ...]:
    """By table and status; without those of an earlier computation."""
    before = {(one.table, one.day, one.status) for one in but}
    refused: dict[tuple[str, Status], list[Outcome]] = {}
    for one in sorted(outcomes, key=lambda one: one.day):
        if (one.table, one.day, one.status) not in before:
            refused.setdefault((one.table, one.status), []).append(one)
    return tuple(
        Refusal(table, status, len(of_it), of_it[0].day, of_it[0].reason)
        for (table, status), of_it in refused.items()
    )


def _pass(
    pipeline: Pipeline,
    season: Season,
    day: date,
    edge: float,
    refused: tuple[Refusal, ...],
    tell: Callable[[str], None],
) -> Pass:
    tell(f"auditing {day}")
    return Pass(
        rates=backtest(pipeline.warehouse, season.start, season.last, edge),
        refused=refused,
        foresight=foresight(pipeline.warehouse, season.start, season.last),
        verdicts=tuple(audit_date(pipeline, AUDITED, day)),
    )


def _bet(leaked: Pass, before: Mapping[str, Evening], after: Mapping[str, Evening]) -> Bet | None:
    """Of the player whom the audit names in the cache."""
    player = str(leaked.leak_of(CACHE).get("entity", {}).get("player_lookup"))
    if player not in before or player not in after:
        return None
    return Bet(
        player=player,
        line=before[player].line,
        points=before[player].points,
        honest=before[player].mean,
        leaked=after[player].mean,
    )
