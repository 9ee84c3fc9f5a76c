"""Red flags: what is too good to be true, and the checks that would tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modeling.baselines import FIVE, MEANS, is_line, line_name
from modeling.report.summary import MODEL, Standing, Summary
from modeling.walkforward import Span

TOO_MUCH_BETTER = 0.08
TOO_FAR_BELOW_LINE = 0.2
TOO_OFTEN = 0.60
ENOUGH_PICKS = 500
ENOUGH_ROWS = 1000
HONEST_FIVE = (4.85, 4.95)
LEAKED_FIVE = (3.94, 4.02)
"""MAE of a five-game mean on real seasons: as it is, and where it counts its own evening."""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something that hardly happens without a leak."""

    says: str
    checks: Sequence[str]


def red_flags(summary: Summary, evaluated: Span) -> list[Flag]:
    """Empty where nothing is suspicious, which proves nothing."""
    span = f"--start {evaluated.first} --end {evaluated.last}"
    checks = (
        f"tipoff audit blindness {span} --sample 5",
        f"tipoff verify {span}",
        "tipoff audit demonstrate",
        "the same backtest with --feature-set v12_blind: what the line alone brings goes away,"
        " a leak stays",
        "the features that weigh most, one by one: tipoff explain and the page's trace of a player",
    )
    return [
        Flag(says=says, checks=checks)
        for says in (
            *_better_than_baselines(summary.all),
            *_better_than_line(summary.listed),
            *_wins_too_often(summary),
            *_mean_that_knows(summary.settled),
        )
    ]


def _mae(standings: Sequence[Standing]) -> dict[str, float]:
    return {one.predictor: one.errors.mae for one in standings if one.errors.n}


def _better_than_baselines(standings: Sequence[Standing]) -> Iterator[str]:
    # On the rows that each baseline knows, so that nobody is ahead by having the easier ones.
    gains = {
        one.predictor: -one.model_ahead.mae / one.errors.mae
        for one in standings
        if one.predictor in MEANS and one.model_ahead and one.errors.n and one.errors.mae
    }
    if gains and min(gains.values()) > TOO_MUCH_BETTER:
        best = min(gains, key=lambda name: gains[name])
        yield (
            f"MAE is {gains[best]:.1%} below that of the best baseline ({best}) on the same rows:"
            f" more than {TOO_MUCH_BETTER:.0%} is where leaks sit"
        )


def _better_than_line(standings: Sequence[Standing]) -> Iterator[str]:
    for one in standings:
        if is_line(one.predictor) and one.model_ahead:
            ahead = -one.model_ahead.mae
            if ahead > TOO_FAR_BELOW_LINE:
                yield (
                    f"MAE is {ahead:.2f} below that of the {one.predictor} on {one.errors.n:,}"
                    f" rows: nobody beats the books by more than {TOO_FAR_BELOW_LINE}"
                )


def _wins_too_often(summary: Summary) -> Iterator[str]:
    for against in summary.lines:
        for one in against.picks:
            rate = one.all.rate
            if rate is not None and rate > TOO_OFTEN and one.all.decided > ENOUGH_PICKS:
                yield (
                    f"{rate:.1%} of {one.all.decided:,} picks at edge {one.edge:g} win against the"
                    f" {line_name(against.source)}: more than {TOO_OFTEN:.0%} of more than"
                    f" {ENOUGH_PICKS} is where leaks sit; honest rules win 48-56 %"
                )


def _mean_that_knows(settled: Sequence[Standing]) -> Iterator[str]:
    rows = next((one.errors.n for one in settled if one.predictor == MODEL), 0)
    found = _mae(settled).get(FIVE)
    if found is not None and rows >= ENOUGH_ROWS and found < (LEAKED_FIVE[1] + HONEST_FIVE[0]) / 2:
        yield (
            f"the five-game mean itself has a MAE of {found:.2f} on {rows:,} rows of players with"
            f" ten games: on real seasons an honest one has {HONEST_FIVE[0]:.2f}-"
            f"{HONEST_FIVE[1]:.2f}, one that counts its own evening {LEAKED_FIVE[0]:.2f}-"
            f"{LEAKED_FIVE[1]:.2f}"
        )
