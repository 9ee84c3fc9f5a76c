"""The numbers of a report and the grades of picks, worked out again in exact fractions.

Written from the domain's words and the documentation, not from `modeling/`: plain Python, a row at
a time. Sums are exact, so whatever differs by more than a rounding is a difference of meaning.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from statistics import NormalDist, quantiles
from typing import TypeVar

K = TypeVar("K")

BREAK_EVEN = Fraction(110, 210)
LEAST_EDGE = 1


@dataclass(frozen=True)
class Said:
    """What was said of a player's evening, and what came of it."""

    on: date
    predicted: float | Fraction
    actual: float | None
    line: float | Fraction | None = None
    season_mean: float | None = None


@dataclass(frozen=True)
class Errors:
    """How far off predictions were."""

    n: int
    mae: float
    rmse: float
    bias: float


@dataclass(frozen=True)
class Hits:
    """What came of the picks of an edge."""

    wins: int
    losses: int
    pushes: int

    @property
    def decided(self) -> int:
        return self.wins + self.losses

    @property
    def rate(self) -> float | None:
        return float(Fraction(self.wins, self.decided)) if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.wins, self.decided)


@dataclass(frozen=True)
class Grade:
    """What a pick was and how it ended."""

    recommendation: str
    edge: float | None
    correct: bool | None
    push: bool
    voided: bool

    @property
    def picked(self) -> bool:
        return self.recommendation in ("OVER", "UNDER")


def wilson(wins: int, decided: int) -> tuple[float, float] | None:
    """The shares p for which |wins/n - p| is at most z standard deviations of p: both roots."""
    if not decided:
        return None
    square = NormalDist().inv_cdf(0.975) ** 2
    # (w/n - p)^2 = z^2 p (1 - p) / n, as a p^2 + b p + c = 0
    a = 1 + square / decided
    b = -(2 * wins / decided + square / decided)
    c = (wins / decided) ** 2
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def edge(said: Said) -> Fraction | None:
    """Predicted - line, signed."""
    return None if said.line is None else Fraction(said.predicted) - Fraction(said.line)


def scored(rows: Iterable[Said]) -> list[tuple[Said, Fraction]]:
    """Those who played, with what they scored."""
    return [(row, Fraction(row.actual)) for row in rows if row.actual is not None]


def listed(rows: Iterable[Said]) -> list[Said]:
    """Those with a line."""
    return [row for row in rows if row.line is not None]


def errors(rows: Iterable[Said]) -> Errors | None:
    """MAE, RMSE and the mean of predicted - actual."""
    off = [Fraction(row.predicted) - points for row, points in scored(rows)]
    if not off:
        return None
    return Errors(
        n=len(off),
        mae=float(sum(map(abs, off), Fraction()) / len(off)),
        rmse=math.sqrt(sum((each * each for each in off), Fraction()) / len(off)),
        bias=float(sum(off, Fraction()) / len(off)),
    )


def by(rows: Iterable[Said], key: Callable[[Said], K | None]) -> dict[K, Errors]:
    """Errors of each group; who has no key is in none."""
    groups: dict[K, list[Said]] = {}
    for row in rows:
        if (name := key(row)) is not None:
            groups.setdefault(name, []).append(row)
    told = {name: errors(members) for name, members in groups.items()}
    return {name: each for name, each in told.items() if each is not None}


def month(row: Said) -> str:
    """The calendar's month."""
    return f"{row.on.year:04d}-{row.on.month:02d}"


def tier(bounds: Sequence[float]) -> Callable[[Said], int | None]:
    """The number of bounds that the season's mean before the game has reached."""
    return lambda row: (
        None if row.season_mean is None else sum(1 for bound in bounds if row.season_mean >= bound)
    )


def hits(rows: Iterable[Said], threshold: float, *, side: str | None = None) -> Hits:
    """Won, lost and pushed among those whose edge is at least that, whatever its sign."""
    wins = losses = pushes = 0
    for row, points in scored(rows):
        ahead = edge(row)
        if ahead is None or row.line is None or abs(ahead) < threshold or not ahead:
            continue
        said = "OVER" if ahead > 0 else "UNDER"
        if side is not None and said != side:
            continue
        if points == Fraction(row.line):
            pushes += 1
        elif (points > Fraction(row.line)) == (said == "OVER"):
            wins += 1
        else:
            losses += 1
    return Hits(wins, losses, pushes)


def grade(said: Said) -> Grade:
    """One pick: below an edge of 1 it is a PASS, without a line NO_LINE; no result voids it."""
    ahead, voided = edge(said), said.actual is None
    if ahead is None or said.line is None:
        return Grade("NO_LINE", None, None, push=False, voided=voided)
    if abs(ahead) < LEAST_EDGE:
        return Grade("PASS", float(ahead), None, push=False, voided=voided)
    recommendation = "OVER" if ahead > 0 else "UNDER"
    if said.actual is None:
        return Grade(recommendation, float(ahead), None, push=False, voided=True)
    if said.actual == said.line:
        return Grade(recommendation, float(ahead), None, push=True, voided=False)
    won = (said.actual > said.line) == (recommendation == "OVER")
    return Grade(recommendation, float(ahead), won, push=False, voided=False)


def mean_edge(rows: Iterable[Said]) -> float | None:
    """The mean of predicted - line over all who have one."""
    edges = [ahead for row, _ in scored(rows) if (ahead := edge(row)) is not None]
    return float(sum(edges, Fraction()) / len(edges)) if edges else None


def calibration(rows: Iterable[Said], groups: int = 10) -> list[tuple[int, float, float]]:
    """From the lowest predictions to the highest: rows, their mean prediction, their mean points.

    As many rows in each; what is left over goes to the lowest, one each.
    """
    waiting = sorted(scored(rows), key=lambda pair: pair[0].predicted)
    size, more = divmod(len(waiting), min(groups, len(waiting)) or 1)
    found = []
    while waiting:
        count = size + (len(found) < more)
        part, waiting = waiting[:count], waiting[count:]
        said = sum((Fraction(row.predicted) for row, _ in part), Fraction())
        came = sum((points for _, points in part), Fraction())
        found.append((count, float(said / count), float(came / count)))
    return found


def ahead(rows: Sequence[Said], others: Sequence[float | None]) -> float | None:
    """MAE of what was said - MAE of somebody else, on the rows of which he said anything."""
    gaps = [
        abs(Fraction(row.predicted) - Fraction(row.actual))
        - abs(Fraction(other) - Fraction(row.actual))
        for row, other in zip(rows, others, strict=True)
        if other is not None and row.actual is not None
    ]
    return float(sum(gaps, Fraction()) / len(gaps)) if gaps else None


def drawn_again(
    rows: Sequence[Said], others: Sequence[float], *, draws: int = 1000, seed: int = 99
) -> tuple[float, float]:
    """Between what 95 % of leagues lie whose evenings are drawn from these with replacement."""
    evenings: dict[date, list[float]] = {}
    for row, other in zip(rows, others, strict=True):
        gap = abs(row.predicted - (row.actual or 0)) - abs(other - (row.actual or 0))
        evenings.setdefault(row.on, []).append(gap)
    sums = [(sum(gaps), len(gaps)) for gaps in evenings.values()]
    dice = random.Random(seed)
    means = []
    for _ in range(draws):
        taken = dice.choices(sums, k=len(sums))
        means.append(sum(total for total, _ in taken) / sum(count for _, count in taken))
    cuts = quantiles(means, n=40)
    return cuts[0], cuts[-1]
