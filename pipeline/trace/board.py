"""What the bookmakers' boards come to: the cascade, computed anew from the snapshots alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.trace.exact import Worked, deviation, half_away, ratio, rounded, said, sum_said
from pipeline.trace.facts import Line
from pipeline.trace.history import History
from pipeline.trace.player import LEAST_CACHED, Formula, points_mean

CONSENSUS, BETTINGPROS = "consensus", "bettingpros"
STEPS = {"draftkings": 1, "fanduel": 3}
LAST_STEP = 5
NO_LINE = Worked(None, "no line before tip-off")

Value = Callable[[Line], float | None]


@dataclass(frozen=True)
class Board:
    """One provider's and book's first and last word."""

    provider: str
    bookmaker: str
    first: Line
    last: Line

    @property
    def step(self) -> int | None:
        """Its place in the cascade; none where it counts only in the median."""
        if self.bookmaker == CONSENSUS:
            return LAST_STEP
        step = STEPS.get(self.bookmaker)
        return None if step is None else step + (self.provider == BETTINGPROS)


@dataclass(frozen=True)
class Won:
    """What the cascade comes to, and by what."""

    current: float
    opening: float
    by: str


def boards_of(lines: Sequence[Line], value: Value) -> list[Board]:
    kept: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for one in lines:
        if value(one) is not None and (one.bookmaker != CONSENSUS or one.provider == BETTINGPROS):
            kept[one.provider, one.bookmaker].append(one)
    return [
        Board(*key, min(held, key=_moment), max(held, key=_moment)) for key, held in kept.items()
    ]


def _moment(line: Line) -> float:
    return line.captured_at.timestamp()


def _hundredths(line: Line, value: Value) -> int:
    return half_away(100 * (value(line) or 0))


def books(boards: Sequence[Board]) -> list[tuple[Line, Line]]:
    """First and last word of each book; one that two providers carry counts once."""
    by_book: dict[str, list[Board]] = defaultdict(list)
    for one in boards:
        if one.bookmaker != CONSENSUS:
            by_book[one.bookmaker].append(one)
    return [
        (
            min(held, key=lambda one: (_moment(one.first), one.provider)).first,
            min(held, key=lambda one: (-_moment(one.last), one.provider)).last,
        )
        for held in by_book.values()
    ]


def cascade(lines: Sequence[Line], value: Value) -> Won | None:
    boards = boards_of(lines, value)
    ranked = [one for one in boards if one.step]
    if ranked:
        best = min(ranked, key=lambda one: (one.step, -_moment(one.last), one.provider))
        return Won(
            _hundredths(best.last, value) / 100,
            _hundredths(best.first, value) / 100,
            f"{best.bookmaker} ({best.provider}): first {_seen(best.first, value)},"
            f" last {_seen(best.last, value)}",
        )
    of_books = books(boards)
    if not of_books:
        return None
    opening, current = (
        _median(sorted(_hundredths(one, value) for one in words))
        for words in zip(*of_books, strict=True)
    )
    return Won(current, opening, f"median of {len(of_books)} books")


def _seen(line: Line, value: Value) -> str:
    return f"{said(value(line))} at {line.captured_at:%m-%d %H:%M:%S}"


def _median(hundredths: Sequence[int]) -> float:
    n = len(hundredths)
    middle = hundredths[(n - 1) // 2 : n // 2 + 1]
    return ratio(sum(middle), 100 * len(middle), 2) or 0.0


def _points(line: Line) -> float | None:
    return line.points


def current_line(of: History) -> Worked:
    won = cascade(of.lines, _points)
    return Worked(won.current, won.by) if won else NO_LINE


def opening_line(of: History) -> Worked:
    won = cascade(of.lines, _points)
    return Worked(won.opening, won.by) if won else NO_LINE


def line_move(of: History) -> Worked:
    won = cascade(of.lines, _points)
    if won is None:
        return NO_LINE
    value = rounded(won.current - won.opening, 2)
    return Worked(value, f"{won.by}; {said(won.current)} - {said(won.opening)} = {said(value)}")


def has_line(of: History) -> Worked:
    won = cascade(of.lines, _points)
    return Worked(1, won.by) if won else Worked(0, NO_LINE.steps)


def books_deviation(of: History) -> Worked:
    last = [_hundredths(one, _points) for _, one in books(boards_of(of.lines, _points))]
    found = deviation(last)
    if found is None:
        return Worked(None, f"{len(last)} books; it takes 2")
    value = rounded(found / 100, 4)
    steps = f"each book's last: {', '.join(said(one / 100) for one in sorted(last))}"
    return Worked(value, f"{steps}; sample deviation = {said(value)}")


def line_to_season(of: History) -> Worked:
    won = cascade(of.lines, _points)
    season = points_mean(of).value if len(of.games) >= LEAST_CACHED else None
    if won is None or season is None:
        return Worked(None, "no line, or fewer than 3 games of the season")
    value = rounded(won.current - season)
    return Worked(value, f"{said(won.current)} - {said(season)} = {said(value)}")


def _total(of: History) -> Won | None:
    return cascade(of.game_lines, lambda line: line.total)


def _spread(of: History) -> Won | None:
    """Of the home team."""
    return cascade(of.game_lines, lambda line: line.spread)


def game_total(of: History) -> Worked:
    won = _total(of)
    return Worked(won.current, won.by) if won else NO_LINE


def spread_size(of: History) -> Worked:
    won = _spread(of)
    return Worked(abs(won.current), won.by) if won else NO_LINE


def team_total(of: History) -> Worked:
    whole, spread = _total(of), _spread(of)
    if whole is None or spread is None or of.setting.is_home is None:
        return NO_LINE
    own = spread.current if of.setting.is_home else -spread.current
    value = rounded((whole.current - own) / 2)
    steps = sum_said([whole.current / 2, -own / 2])
    return Worked(
        value, f"total {said(whole.current)}, own spread {said(own)}: {steps} = {said(value)}"
    )


BOARD: dict[str, Formula] = {
    "vegas_points_line": current_line,
    "vegas_opening_line": opening_line,
    "vegas_line_move": line_move,
    "has_vegas_line": has_line,
    "game_total_line": game_total,
    "spread_magnitude": spread_size,
    "implied_team_total": team_total,
    "multi_book_line_std": books_deviation,
    "line_vs_season_avg": line_to_season,
}
