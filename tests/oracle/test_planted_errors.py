"""An error in any statement makes the oracle disagree: this is what the agreement is worth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.calendar import read_calendar
from processors.statement import Statement
from tests.oracle import KEYS, PRECOMPUTE_KEYS
from tests.oracle.compare import differences
from tests.oracle.planted import MIDSEASON, NOVEMBER, OPENING, PLANTED
from tests.oracle.planted_precompute import PLANTED_PRECOMPUTE
from warehouse.interface import Span

SPANS = {"opening": OPENING, "november": NOVEMBER, "midseason": MIDSEASON}

ALL_KEYS = KEYS | PRECOMPUTE_KEYS
ALL_PLANTED = PLANTED | PLANTED_PRECOMPUTE


@pytest.fixture(scope="module")
def expected(season_by_oracle):
    """The oracle's rows by table and span of dates."""
    return {
        (name, dates): [
            row for row in season_by_oracle[name] if dates[0] <= row[key[0]] <= dates[1]
        ]
        for name, key in ALL_KEYS.items()
        for dates in SPANS.values()
    }


@pytest.fixture(scope="module")
def calendar(season):
    return read_calendar(season)


@pytest.fixture
def disagreement(season, calendar, processors_by_name, expected):
    """What the oracle says to a statement with its text edited, over some dates."""

    def disagreement(name, dates, edited):
        processor = processors_by_name[name]
        statement = Statement(edited(processor.statement.text))
        first, last = dates
        history_start = calendar.season_start(first)
        span = Span(start=first, end=last, history_start=history_start)
        season.stage(replace(processor, statement=statement), span)
        columns = processor.contract.column_names
        staged = season.rows(f"SELECT {', '.join(columns)} FROM `staging.{name}`")
        found = [dict(zip(columns, row, strict=True)) for row in staged]
        return differences(expected[name, dates], found, ALL_KEYS[name])

    return disagreement


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        *(
            pytest.param(name, dates, id=f"{name}, {span}")
            for name in KEYS
            for span, dates in SPANS.items()
        ),
        *(pytest.param(name, MIDSEASON, id=f"{name}, midseason") for name in PRECOMPUTE_KEYS),
    ],
)
def test_statement_as_it_is(name, dates, disagreement, expected):
    assert expected[name, dates]
    assert disagreement(name, dates, str) == []


@pytest.mark.parametrize(
    ("name", "planted"),
    [
        pytest.param(name, planted, id=f"{name}: {planted.name}")
        for name, errors in ALL_PLANTED.items()
        for planted in errors
    ],
)
def test_planted_error(name, planted, disagreement):
    assert disagreement(name, planted.dates, planted.edited) != []


def test_three_errors_a_table():
    assert {name for name, errors in ALL_PLANTED.items() if len(errors) >= 3} == set(ALL_KEYS)
