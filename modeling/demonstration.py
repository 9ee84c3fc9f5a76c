"""What a leak does to a backtest: one recipe on honest rows and on rows that know their evening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from modeling.arrays import day_of
from modeling.backtest import Asked, run_backtest, usual_dates
from modeling.fitting.recipe import Recipe
from modeling.joined import TABLES as READ
from modeling.reading import read_training_set
from modeling.report.report import Report, make_report
from modeling.report.summary import MODEL
from modeling.walkforward import Span, Walk
from pipeline.audit.blindness import audit_date
from pipeline.audit.demonstration import Claim
from pipeline.audit.planting import DOOR, Planted, plant
from pipeline.audit.verdict import Verdict, Word
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.registry import Registry
from warehouse.interface import Warehouse

TABLES = (DOOR, *READ)
REFIT_DAYS = 28


@dataclass(frozen=True, kw_only=True)
class Side:
    """The model on one of both."""

    name: str
    report: Report
    verdict: Verdict
    """Of the door, on one of the evaluated dates."""

    def predictors(self, of: str) -> list[str]:
        return [one.predictor for one in getattr(self.report.summary, of)]

    def mae(self, of: str, predictor: str) -> str:
        found = (one for one in getattr(self.report.summary, of) if one.predictor == predictor)
        return next((f"{one.errors.mae:.3f}" for one in found), "")

    def edges(self) -> list[float]:
        lines = self.report.summary.lines
        return [one.edge for one in lines[0].picks] if lines else []

    def rate(self, edge: float) -> str:
        picks = (one for line in self.report.summary.lines for one in line.picks)
        found = next((one.all for one in picks if one.edge == edge), None)
        if found is None or found.rate is None:
            return ""
        return f"{found.rate:.1%} of {found.decided:,}"

    @property
    def model_mae(self) -> float:
        return next(one.errors.mae for one in self.report.summary.all if one.predictor == MODEL)


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Both, with what was planted."""

    day: date
    planted: Planted
    honest: Side
    leaked: Side

    @property
    def claims(self) -> tuple[Claim, ...]:
        honest, leaked = self.honest, self.leaked
        return (
            Claim("the honest backtest raises no red flag", not honest.report.flags),
            Claim(
                f"the leaked one raises {len(leaked.report.flags)}, and its gates fail",
                bool(leaked.report.flags) and leaked.report.exit_code != 0,
            ),
            Claim(
                f"with the leak MAE falls from {honest.model_mae:.2f} to {leaked.model_mae:.2f}",
                leaked.model_mae < 0.92 * honest.model_mae,
            ),
            Claim(
                f"the audit passes the honest {DOOR} and fails the leaked one",
                honest.verdict.word is Word.PASSED and leaked.verdict.word is Word.FAILED,
            ),
        )

    @property
    def is_shown(self) -> bool:
        return all(one.holds for one in self.claims)


def demonstrate(
    warehouse: Warehouse,
    registry: Registry,
    recipe: Recipe,
    feature_set: str,
    tell: Callable[[str], None],
) -> Sides:
    """On a warehouse that is to be thrown away: its tables end with the leak in them."""
    planted = plant(registry)
    honest, day = _side("honest", Pipeline(warehouse, registry), recipe, feature_set, tell)
    leaked, _ = _side(
        "leaked", Pipeline(warehouse, planted.registry), recipe, feature_set, tell, day
    )
    return Sides(day=day, planted=planted, honest=honest, leaked=leaked)


def _side(
    name: str,
    pipeline: Pipeline,
    recipe: Recipe,
    feature_set: str,
    tell: Callable[[str], None],
    day: date | None = None,
) -> tuple[Side, date]:
    dates = pipeline.assessor.calendar.game_dates
    tell(f"{name}: computing {dates[0]} to {dates[-1]}")
    pipeline.run(make_request(pipeline.registry, tables=TABLES, start=dates[0], end=dates[-1]))
    # Where a gate kept a date of the leaked tables out, the honest rows still stand there.
    rows = read_training_set(pipeline, allow_stale=True, allow_unaudited=True)
    first, begin, end = usual_dates(rows)
    asked = Asked(
        name=name,
        feature_set=feature_set,
        recipe=recipe,
        walk=Walk(evaluated=Span(first=begin, last=end), train_first=first, refit_days=REFIT_DAYS),
        include_no_line=True,
    )
    tell(f"{name}: walking from {begin} to {end}")
    report = make_report(run_backtest(rows, asked))
    evaluated = np.unique(rows.days[asked.walk.evaluated.covers(rows.days)])
    audited = day or day_of(evaluated[len(evaluated) // 2])
    tell(f"{name}: auditing {audited}")
    (verdict,) = audit_date(pipeline, (DOOR,), audited)
    return Side(name=name, report=report, verdict=verdict), audited
