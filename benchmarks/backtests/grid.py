"""The runs that the page of results wants, and each of them carried out once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import modeling
from modeling.arrays import day_of
from modeling.backtest import Asked, run_backtest
from modeling.fitting.frameworks import library_versions
from modeling.fitting.recipe import USUAL_LOSS, Framework, Loss, LossKind, Recipe
from modeling.report.report import make_report
from modeling.runs import BACKTESTS, REPORT, write_run
from modeling.training_set import LineSource, TrainingSet
from modeling.walkforward import Span, Walk
from processors.features import SETS

SEASONS = (2022, 2023)
REFIT_DAYS = 7
TWO_SOURCES = (LineSource.CONSENSUS, LineSource.DRAFTKINGS)
MADE_FROM = "made-from.txt"

Told = Mapping[str, Any]
"""A report, as it stands in its file."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One run: a model walked week by week over a season."""

    season: int
    framework: Framework
    feature_set: str
    loss: Loss
    rsm: float = 1.0
    sources: tuple[LineSource, ...] = field(default=(LineSource.CASCADE,))

    @property
    def name(self) -> str:
        words = (self.season, self.framework.value, self.loss.kind.value, self.feature_set)
        return "-".join(map(str, (*words, *(one.value for one in self.sources)))).lower()

    @property
    def model(self) -> str:
        """As the page calls it."""
        return f"{self.framework.value}, {self.loss}, {self.feature_set}"


def every_wanted(season: int) -> Iterator[Wanted]:
    """Of one season, as the page lists them."""
    for framework in (Framework.CATBOOST, Framework.RIDGE):
        for name in SETS:
            yield _wanted(season, framework, name)
    yield _wanted(season, Framework.LIGHTGBM, "v12")
    yield _wanted(season, Framework.CATBOOST, "v12", Loss(kind=LossKind.MAE))
    yield _wanted(season, Framework.MIXED, "v12_blind", rsm=0.3)


def against_two(season: int) -> Iterator[Wanted]:
    """Against the lines of two sources, on the rows that both have."""
    for name in ("v12", "v12_blind"):
        yield _wanted(season, Framework.RIDGE, name, sources=TWO_SOURCES)


def _wanted(
    season: int, framework: Framework, feature_set: str, loss: Loss | None = None, **more: Any
) -> Wanted:
    usual = loss or USUAL_LOSS[framework]
    return Wanted(season=season, framework=framework, feature_set=feature_set, loss=usual, **more)


def carried_out(rows: TrainingSet, wanted: Wanted, home: Path) -> Told:
    """Its report; walked only where no run of the same rows, recipe and code is kept."""
    asked = _asked(rows, wanted)
    made_from = _made_from(rows, asked)
    folder = home / BACKTESTS / asked.name
    mark = folder / MADE_FROM
    if not (mark.is_file() and mark.read_text() == made_from):
        mark.unlink(missing_ok=True)
        done = run_backtest(rows, asked)
        write_run(home, done, make_report(done))
        # Last: what was interrupted before it is walked again.
        mark.write_text(made_from)
    told: Told = json.loads((folder / REPORT).read_text())
    return told


def _asked(rows: TrainingSet, wanted: Wanted) -> Asked:
    """From all that lies before, one thread: the same numbers on every machine of the kind."""
    days = rows.days[rows.seasons == wanted.season]
    return Asked(
        name=wanted.name,
        feature_set=wanted.feature_set,
        recipe=Recipe(framework=wanted.framework, loss=wanted.loss, rsm=wanted.rsm),
        walk=Walk(
            evaluated=Span(first=day_of(days.min()), last=day_of(days.max())),
            train_first=day_of(rows.days.min()),
            refit_days=REFIT_DAYS,
        ),
        include_no_line=wanted.sources == (LineSource.CASCADE,),
        sources=wanted.sources,
    )


def _made_from(rows: TrainingSet, asked: Asked) -> str:
    """A hash over everything that decides what the run comes to, audits aside."""
    found = hashlib.sha256(repr(asked).encode())
    found.update(repr(sorted(library_versions(asked.recipe.framework).items())).encode())
    for one in rows.partitions:
        found.update(f"{one.table} {one.day} {one.fingerprint}\n".encode())
    for path in sorted(Path(modeling.__path__[0]).rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()
