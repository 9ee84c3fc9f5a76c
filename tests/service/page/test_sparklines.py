"""Small pictures: what they draw is what the numbers say."""

from __future__ import annotations

import re

from service.models.distributions import SpreadOf
from service.page.sparklines import HEIGHT, LEAST, WIDTH, bars, box, halves


def spread(*known: float | None) -> SpreadOf:
    names = ("lowest", "lower_quartile", "median", "upper_quartile", "highest")
    told = dict(zip(names, known, strict=True))
    return SpreadOf(
        month=None,
        rows=9,
        nulls=0,
        null_share=0,
        distinct=9,
        most_frequent=None,
        most_frequent_share=None,
        **told,
    )


def upright(path: str) -> list[tuple[float, float, float]]:
    """Left, bottom and height of each bar."""
    found = re.findall(r"M([\d.]+) ([\d.]+)v-([\d.]+)h8v[\d.]+z", path)
    return [(float(left), float(bottom), float(height)) for left, bottom, height in found]


class TestBars:
    def test_height_is_the_share(self):
        assert upright(bars([1, 0.5])) == [(0, HEIGHT, HEIGHT), (10, HEIGHT, HEIGHT / 2)]

    def test_nothing_is_nothing_and_little_is_seen(self):
        assert upright(bars([0, 0.001])) == [(10, HEIGHT, LEAST)]

    def test_some_months(self):
        assert upright(bars([1, 1], [False, True])) == [(10, HEIGHT, HEIGHT)]


class TestHalves:
    def test_one_scale_for_all_months(self):
        boxes, medians = halves([spread(0, 1, 2, 3, 9), spread(0, 3, 4, 5, 9)])
        (_, bottom, height), (_, above, other) = upright(boxes)
        assert height == other == (HEIGHT - 2) / 2
        assert bottom - height == above
        assert medians.count("M") == 2

    def test_a_month_without_a_value_is_left_out(self):
        boxes, medians = halves([spread(*[None] * 5), spread(0, 3, 4, 5, 9)])
        assert [left for left, _, _ in upright(boxes)] == [10]
        assert medians.startswith("M10 ")
        assert halves([spread(*[None] * 5)]) == ("", "")

    def test_one_value(self):
        boxes, _ = halves([spread(4, 4, 4, 4, 4)])
        assert [height for _, _, height in upright(boxes)] == [LEAST]


class TestBox:
    def test_along_the_scale(self):
        found = box(spread(0, 25, 50, 75, 100), 0, 100)
        assert found is not None
        middle = (WIDTH - 2) / 2 + 1
        assert found.median == f"M{middle:.1f} 1v14"
        assert found.whole.startswith(f"M1.0 8H{WIDTH - 1:.1f}M")

    def test_no_value(self):
        assert box(spread(*[None] * 5), 0, 1) is None
