"""Now is what TIPOFF_NOW says, and dates are Eastern."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.clock import is_historical, now, today
from processors.errors import UsageError


class TestNow:
    def test_said(self, monkeypatch):
        monkeypatch.setenv("TIPOFF_NOW", "2024-11-18T09:00:00-05:00")
        assert now() == datetime(2024, 11, 18, 14, tzinfo=UTC)

    def test_by_the_clock(self, monkeypatch):
        monkeypatch.delenv("TIPOFF_NOW", raising=False)
        assert abs(datetime.now(UTC) - now()) < timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("said", "fault"),
        [("yesterday", "is no moment"), ("", "is no moment"), ("2024-11-18T09:00", "has no zone")],
    )
    def test_nonsense(self, monkeypatch, said, fault):
        monkeypatch.setenv("TIPOFF_NOW", said)
        with pytest.raises(UsageError, match=f"{fault}.*write 2024-11-18T09:00:00-05:00"):
            now()


class TestToday:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            (datetime(2024, 11, 18, 4, 59, tzinfo=UTC), date(2024, 11, 17)),
            (datetime(2024, 11, 18, 5, 0, tzinfo=UTC), date(2024, 11, 18)),
            # Summer time: four hours.
            (datetime(2024, 6, 18, 3, 59, tzinfo=UTC), date(2024, 6, 17)),
            (datetime(2024, 6, 18, 4, 0, tzinfo=UTC), date(2024, 6, 18)),
        ],
    )
    def test_is_eastern(self, moment, day):
        assert today(moment) == day


class TestIsHistorical:
    def test_before_yesterday(self):
        moment = datetime(2024, 11, 18, 12, tzinfo=UTC)
        found = [is_historical(date(2024, 11, number), moment) for number in (16, 17, 18, 19)]
        assert found == [True, False, False, False]
