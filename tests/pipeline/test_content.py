"""Windows over dates: any of them is one difference, and dates are part of the content."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pipeline.content import Series
from tests.oracle.tiny import OPENING, day
from warehouse.interface import Fingerprint

DAYS = 12

prints = st.builds(Fingerprint, st.integers(1, 9), st.integers(0, 2**64 - 1))
contents = st.dictionaries(st.integers(0, DAYS - 1), prints)
windows = st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1))


def series(content: dict[int, Fingerprint]) -> Series:
    found = Series(OPENING, DAYS)
    for number, fingerprint in content.items():
        found.set(day(number), fingerprint)
    return found


class TestSeries:
    @given(contents, windows)
    def test_rows_of_any_window(self, content, window):
        first, last = window
        rows = sum(one.rows for number, one in content.items() if first <= number <= last)
        assert series(content).over(day(first), day(last))[0] == rows

    @given(contents, windows, st.integers(0, DAYS - 1), prints)
    def test_a_change_shows_where_it_is_read_and_nowhere_else(self, content, window, number, new):
        first, last = day(window[0]), day(window[1])
        found = series(content)
        before = found.over(first, last)
        found.set(day(number), new)
        is_read = window[0] <= number <= window[1] and content.get(number) != new
        assert (found.over(first, last) != before) == is_read
        found.set(day(number), content.get(number))
        assert found.over(first, last) == before

    def test_dates_that_change_places(self):
        one, other = Fingerprint(3, 17), Fingerprint(3, 18)
        before, after = series({0: one, 1: other}), series({0: other, 1: one})
        assert before.over(day(0), day(1)) != after.over(day(0), day(1))

    def test_equal_dates_do_not_cancel_out(self):
        one = Fingerprint(3, 17)
        assert series({0: one, 1: one}).over(day(0), day(1))[1] != 0

    def test_dates_that_nobody_foresaw(self):
        found = series({0: Fingerprint(1, 1)})
        found.set(date(1900, 1, 1), Fingerprint(9, 9))
        assert found.over(day(0), day(DAYS - 1))[0] == 1

    def test_windows_without_dates(self):
        """Before opening night there is nothing to read."""
        assert series({5: Fingerprint(1, 1)}).over(day(5), day(4)) == (0, 0)
