"""Promotion gates: what a model has to show before anybody may bet on it. Unknown is not passed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modeling.baselines import MEANS, is_line
from modeling.fitting.started import ABOUT_THE_LINE
from modeling.report.summary import AgainstLine, Standing, Summary
from pipeline.audit.verdict import Word
from pipeline.state import State

RATE = 0.53
EDGE = 3.0
LEAST_GRADED = 40
MOST_MEAN_EDGE = 1.5
MOST_TIER_BIAS = 5.0
BLIND_MARGIN = 0.1
"""So far from the line may be who doesn't know it."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One condition, what was found, and whether it holds."""

    name: str
    wants: str
    found: str
    passed: bool


def promotion_gates(
    summary: Summary,
    features: Sequence[str],
    blindness: Mapping[str, int],
    states: Mapping[str, int],
) -> list[Gate]:
    """In the order in which they are asked; the first line source decides."""
    against = next(iter(summary.lines), None)
    return [
        _hit_rate(against),
        _graded(against),
        _mean_edge(against),
        _tier_bias(summary),
        _against_means(summary.all),
        _against_line(summary.listed, knows_line=bool(ABOUT_THE_LINE & set(features))),
        _blind(blindness),
        _fresh(states),
    ]


def _hit_rate(against: AgainstLine | None) -> Gate:
    wants = f"at edge {EDGE:g} the hit rate's whole 95 % interval is above {RATE:.0%}"
    hits = next((one.all for one in against.picks if one.edge == EDGE), None) if against else None
    if hits is None or hits.rate is None:
        return Gate(name="hit rate", wants=wants, found="nothing was decided", passed=False)
    low, high = hits.interval
    found = f"{hits.rate:.1%} of {hits.decided:,} ({low:.1%} to {high:.1%})"
    return Gate(name="hit rate", wants=wants, found=found, passed=low > RATE)


def _graded(against: AgainstLine | None) -> Gate:
    hits = next((one.all for one in against.picks if one.edge == EDGE), None) if against else None
    decided = hits.decided if hits else 0
    return Gate(
        name="graded",
        wants=f"at least {LEAST_GRADED} picks decided at edge {EDGE:g}",
        found=f"{decided:,}",
        passed=decided >= LEAST_GRADED,
    )


def _mean_edge(against: AgainstLine | None) -> Gate:
    edge = against.mean_edge if against else math.nan
    return Gate(
        name="mean edge",
        wants=f"the mean of predicted - line is within {MOST_MEAN_EDGE:g}",
        found="no line" if math.isnan(edge) else f"{edge:+.2f}",
        passed=abs(edge) <= MOST_MEAN_EDGE,
    )


def _tier_bias(summary: Summary) -> Gate:
    biases = {one.name: one.model.bias for one in summary.tiers}
    return Gate(
        name="tier bias",
        wants=f"no scoring tier is off by more than {MOST_TIER_BIAS:g} on average",
        found=", ".join(f"{name} {bias:+.2f}" for name, bias in biases.items()),
        passed=bool(biases) and all(abs(one) <= MOST_TIER_BIAS for one in biases.values()),
    )


def _against_means(standings: Sequence[Standing]) -> Gate:
    found = {
        one.predictor: one.model_ahead
        for one in standings
        if one.predictor in MEANS and one.model_ahead
    }
    return Gate(
        name="baselines",
        wants="MAE is below that of every mean on the same rows, beyond chance",
        found=", ".join(
            f"{name} {one.mae:+.3f} ({one.low:+.3f} to {one.high:+.3f})"
            for name, one in found.items()
        ),
        passed=bool(found) and all(one.is_below_zero for one in found.values()),
    )


def _against_line(standings: Sequence[Standing], *, knows_line: bool) -> Gate:
    ahead = next((one.model_ahead for one in standings if is_line(one.predictor)), None)
    wants = (
        "with the line among the features MAE is not above the line's, beyond chance"
        if knows_line
        else f"without the line MAE is at most {BLIND_MARGIN} above the line's"
    )
    if ahead is None or not ahead.n:
        return Gate(name="line", wants=wants, found="no line", passed=False)
    return Gate(
        name="line",
        wants=wants,
        found=f"{ahead.mae:+.3f} ({ahead.low:+.3f} to {ahead.high:+.3f}) on {ahead.n:,} rows",
        passed=not ahead.is_above_zero if knows_line else ahead.mae <= BLIND_MARGIN,
    )


def _blind(blindness: Mapping[str, int]) -> Gate:
    return Gate(
        name="blindness",
        wants="every partition that rows were read from has passed the audit of blindness",
        found=", ".join(f"{word} {count:,}" for word, count in blindness.items()) or "none",
        passed=set(blindness) == {Word.PASSED.value},
    )


def _fresh(states: Mapping[str, int]) -> Gate:
    """Of what was allowed though it is stale nobody knows what today's code would make."""
    return Gate(
        name="freshness",
        wants="every partition is what today's code makes of today's inputs",
        found=", ".join(f"{state} {count:,}" for state, count in states.items()) or "none",
        passed=set(states) == {State.FRESH.value},
    )
