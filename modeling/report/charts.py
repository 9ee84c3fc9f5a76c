"""Plots as SVG text: our own, so that a report is one file that needs nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 30, 12, 34
ROW = 22
LABELS = 190
"""Room for the names beside bars that lie."""


@dataclass(frozen=True)
class Scale:
    """From values to places."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True, kw_only=True)
class Series:
    """Values by name, over the same places as its siblings."""

    name: str
    kind: str
    """Of the style sheet: `model`, `first`, `second`."""
    values: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Whisker:
    """A value between two bounds."""

    name: str
    value: float
    low: float
    high: float


def lines(title: str, places: Sequence[str], series: Sequence[Series]) -> str:
    """Over named places, from left to right."""
    values = [value for one in series for value in one.values]
    up = _padded(values, HEIGHT - BOTTOM, TOP)
    along = Scale(0, max(len(places) - 1, 1), LEFT + 12, WIDTH - RIGHT)
    parts = [*_grid(up)]
    for number, name in enumerate(places):
        parts.append(_text(along(number), HEIGHT - 12, name, "middle"))
    for one in series:
        points = " ".join(f"{along(n):.1f},{up(v):.1f}" for n, v in enumerate(one.values))
        parts.append(f'<polyline class="line {one.kind}" points="{points}"/>')
        parts += [
            f'<circle class="{one.kind}" cx="{along(n):.1f}" cy="{up(v):.1f}" r="3">'
            f"<title>{escape(f'{one.name}, {places[n]}: {v:.2f}')}</title></circle>"
            for n, v in enumerate(one.values)
        ]
    return _svg(title, parts, HEIGHT)


def diagonal(title: str, points: Iterable[tuple[float, float, int]]) -> str:
    """Predicted against actual: what is right lies on the line."""
    known = list(points)
    both = [value for x, y, _ in known for value in (x, y)]
    up = _padded(both, HEIGHT - BOTTOM, TOP)
    along = Scale(up.low, up.high, LEFT + 12, WIDTH - RIGHT)
    parts = [*_grid(up)]
    parts.append(
        f'<line class="even" x1="{along(up.low):.1f}" y1="{up(up.low):.1f}"'
        f' x2="{along(up.high):.1f}" y2="{up(up.high):.1f}"/>'
    )
    for x, y, rows in known:
        said = f"{rows:,} rows: predicted {x:.2f}, scored {y:.2f}"
        parts.append(
            f'<circle class="model" cx="{along(x):.1f}" cy="{up(y):.1f}" r="4">'
            f"<title>{escape(said)}</title></circle>"
        )
        parts.append(_text(along(x), HEIGHT - 12, f"{x:.0f}", "middle"))
    return _svg(title, parts, HEIGHT)


def whiskers(title: str, found: Sequence[Whisker], even: float) -> str:
    """One a row, with the value that pays for itself as a line down."""
    values = [even, *(bound for one in found for bound in (one.low, one.high))]
    along = Scale(min(values), max(values), LABELS, WIDTH - 60)
    height = ROW * len(found) + BOTTOM
    parts = [
        f'<line class="even" x1="{along(even):.1f}" y1="4" x2="{along(even):.1f}"'
        f' y2="{height - 22}"/>',
        _text(along(even), height - 6, f"break-even {even:.1%}", "middle"),
    ]
    for number, one in enumerate(found):
        middle = ROW * number + 14
        parts += [
            _text(LABELS - 12, middle + 4, one.name, "end"),
            f'<line class="model line" x1="{along(one.low):.1f}" y1="{middle}"'
            f' x2="{along(one.high):.1f}" y2="{middle}"/>',
            f'<circle class="model" cx="{along(one.value):.1f}" cy="{middle}" r="4"/>',
            _text(WIDTH - 4, middle + 4, f"{one.value:.1%}", "end"),
        ]
    return _svg(title, parts, height)


def bars(title: str, found: Sequence[tuple[str, float]], digits: int) -> str:
    """One a row, from 0 to the right or to the left."""
    values = [0.0, *(value for _, value in found)]
    along = Scale(min(values), max(values), LABELS, WIDTH - 70)
    parts = []
    for number, (name, value) in enumerate(found):
        top = ROW * number + 4
        start, end = sorted((along(0), along(value)))
        parts += [
            _text(LABELS - 12, top + 12, name, "end"),
            f'<rect class="model" x="{start:.1f}" y="{top}" width="{max(end - start, 1):.1f}"'
            f' height="{ROW - 7}"/>',
            _text(WIDTH - 4, top + 12, f"{value:.{digits}f}", "end"),
        ]
    return _svg(title, parts, ROW * len(found) + 8)


def _padded(values: Sequence[float], start: float, end: float) -> Scale:
    low, high = min(values), max(values)
    room = (high - low) * 0.1 or 1.0
    return Scale(low - room, high + room, start, end)


def _grid(up: Scale) -> Iterable[str]:
    for part in range(5):
        value = up.low + (up.high - up.low) * part / 4
        place = up(value)
        yield f'<line class="grid" x1="{LEFT}" y1="{place:.1f}" x2="{WIDTH}" y2="{place:.1f}"/>'
        yield _text(LEFT - 6, place + 4, f"{value:.2f}", "end")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(title: str, parts: Iterable[str], height: float) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(title)}">'
        + "".join(parts)
        + "</svg>"
    )
