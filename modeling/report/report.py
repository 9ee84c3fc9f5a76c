"""The report as one value: as JSON it is the same bytes for the same rows and the same recipe."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from modeling.arrays import day_of
from modeling.backtest import Backtest, Fit
from modeling.provenance import verdicts
from modeling.report.flags import Flag, red_flags
from modeling.report.gates import Gate, promotion_gates
from modeling.report.summary import Summary, summarise
from modeling.training_set import LeftOut
from pipeline.audit.backtest import BREAK_EVEN


@dataclass(frozen=True, kw_only=True)
class About:
    """What was tested, on what."""

    name: str
    feature_set: str
    no_vegas: bool
    features: int
    framework: str
    loss: str
    rsm: float
    grow_policy: str
    seed: int
    refit_days: int | None
    window_days: int | None
    first: date
    last: date
    rows: int
    not_ready: int
    without_line: int
    without_model: int
    lacking: Mapping[str, int]
    """Required features of rows that are not ready, by how many lack them."""
    left_out: Sequence[LeftOut]
    partitions: Mapping[str, int]
    """How many of each table were read."""
    states: Mapping[str, int]
    blindness: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that is told of a backtest."""

    about: About
    summary: Summary
    flags: Sequence[Flag]
    gates: Sequence[Gate]
    fits: Sequence[Fit]
    break_even: float = BREAK_EVEN

    @property
    def is_promotable(self) -> bool:
        """Every gate holds."""
        return all(one.passed for one in self.gates)

    @property
    def exit_code(self) -> int:
        return 0 if self.is_promotable else 1


def make_report(done: Backtest) -> Report:
    """Judged by the partitions of all that was read."""
    asked, everything = done.asked, done.everything
    summary = summarise(done)
    blindness = verdicts(everything.partitions)
    states = Counter(one.state for one in everything.partitions)
    evaluated = everything.pick(asked.walk.evaluated.covers(everything.days))
    return Report(
        about=About(
            name=asked.name,
            feature_set=asked.feature_set,
            no_vegas=asked.no_vegas,
            features=len(asked.features),
            framework=asked.recipe.framework.value,
            loss=str(asked.recipe.loss),
            rsm=asked.recipe.rsm,
            grow_policy=asked.recipe.grow_policy.value,
            seed=asked.recipe.seed,
            refit_days=asked.walk.refit_days,
            window_days=asked.walk.window_days,
            first=day_of(done.rows.days.min()),
            last=day_of(done.rows.days.max()),
            rows=len(done.rows),
            not_ready=done.not_ready,
            without_line=done.without_line,
            without_model=done.without_model,
            lacking=evaluated.lacking(asked.feature_set),
            left_out=everything.left_out,
            partitions=dict(Counter(one.table for one in everything.partitions)),
            states=dict(states),
            blindness=blindness,
        ),
        summary=summary,
        flags=red_flags(summary, asked.walk.evaluated),
        gates=promotion_gates(summary, asked.features, blindness, states),
        fits=done.fits,
    )


def as_json(report: Report) -> dict[str, Any]:
    """Plain values; what is not known is null, and what follows from counts stands beside them."""
    plain: dict[str, Any] = {key: _plain(one) for key, one in asdict(report).items()}
    for against, told in zip(report.summary.lines, plain["summary"]["lines"], strict=True):
        for one, said in zip(against.picks, told["picks"], strict=True):
            for side in ("all", "over", "under"):
                hits = getattr(one, side)
                said[side] |= {
                    "decided": hits.decided,
                    "hit_rate": hits.rate,
                    "interval": list(hits.interval),
                }
    return plain | {"promotable": report.is_promotable}


def as_text(report: Report) -> str:
    return json.dumps(as_json(report), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and math.isnan(value) else value
