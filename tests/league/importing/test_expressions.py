"""Single values: what is read, what stays NULL, what is no value at all."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from league.importing.expressions import reading
from league.importing.rules import ColumnRule
from processors.columns import Column, count, day, flag, instant, integer, real, text
from warehouse.files import Desk


def read(column: Column, source: str, **rule: object) -> tuple[object, str | None]:
    """The value of one cell given as SQL, and the first fault that holds."""
    with Desk(threads=1) as desk:
        desk.run(f"CREATE TABLE t AS SELECT {source} AS c")
        one = reading(
            column, ColumnRule(column="c", **rule), {"c": desk.columns("t")["c"]}, shared={}
        )
        holds = [desk.rows(f"SELECT {fault} FROM t")[0][0] for _, fault in one.faults]
        value = desk.rows(f"SELECT {one.value} FROM t")[0][0]
    reasons = [reason for (reason, _), held in zip(one.faults, holds, strict=True) if held]
    return value, reasons[0] if reasons else None


NUMBER = count("n", "")
SIGNED = integer("n", "")
LINE = real("x", "", digits=2)
NAME = text("t", "")
SURE = flag("f", "")
DAY = day("d", "")
WHEN = instant("w", "")


@pytest.mark.parametrize(
    ("column", "source", "rule", "value"),
    [
        (NUMBER, "7::SMALLINT", {}, 7),
        (NUMBER, "7.0::DOUBLE", {}, 7),
        (NUMBER, "' 7 '", {}, 7),
        (NUMBER, "'7.0'", {}, 7),
        (NUMBER, "''", {}, None),
        (NUMBER, "'nan'::DOUBLE", {}, None),
        (SIGNED, "'+5'", {}, 5),
        (SIGNED, "5", {"as": "negate"}, -5),
        (LINE, "'-3.5'", {}, -3.5),
        (LINE, "3.5", {"as": "negate"}, -3.5),
        (LINE, "7::INTEGER", {}, 7.0),
        (NAME, "34.0::DOUBLE", {}, "34"),
        (NAME, "14.08::DOUBLE", {}, "14.08"),
        (NAME, "'34:30'", {"as": "minutes"}, "34:30"),
        (NAME, "'34.000000:30'", {"as": "minutes"}, "34:30"),
        (NAME, "'PT34M30.00S'", {"as": "minutes"}, "PT34M30.00S"),
        (NAME, "'bos'", {"as": "upper"}, "BOS"),
        (NAME, "'A'", {"values": {"A": "a"}}, "a"),
        (NAME, "'B'", {"values": {"A": "a"}, "others": "keep", "as": "lower"}, "b"),
        (NAME, "NULL::VARCHAR", {"values": {"A": "a"}}, None),
        (SURE, "1", {}, True),
        (SURE, "'False'", {}, False),
        (SURE, "'yes'", {"values": {"yes": True}}, True),
        (SURE, "''", {"as": "given"}, False),
        (SURE, "'F'", {"as": "given"}, True),
        (DAY, "'2024-10-22T00:00:00'", {}, date(2024, 10, 22)),
        (DAY, "20241022", {"format": "%Y%m%d"}, date(2024, 10, 22)),
        (DAY, "'OCT 22, 2024'", {"format": "%b %d, %Y"}, date(2024, 10, 22)),
        (DAY, "TIMESTAMPTZ '2024-10-23 02:00:00+00'", {}, date(2024, 10, 22)),
        (WHEN, "'2024-10-22 19:30:00-04'", {}, datetime(2024, 10, 22, 23, 30)),
        (WHEN, "'2024-10-22T23:30:00Z'", {}, datetime(2024, 10, 22, 23, 30)),
        (WHEN, "'2024-10-22 19:30'", {"as": "eastern"}, datetime(2024, 10, 22, 23, 30)),
        (WHEN, "'2024-12-22 19:30'", {"as": "eastern"}, datetime(2024, 12, 23, 0, 30)),
        (NUMBER, "'22024'", {"pattern": r"^\d(\d{4})$"}, 2024),
    ],
)
def test_reads(column: Column, source: str, rule: dict, value: object) -> None:
    assert read(column, source, **rule) == (value, None)


@pytest.mark.parametrize(
    ("column", "source", "rule", "reason"),
    [
        (NUMBER, "'abc'", {}, "c is no whole number"),
        (NUMBER, "7.5", {}, "c is no whole number"),
        (NUMBER, "'nan'", {}, "c is no whole number"),
        (LINE, "'inf'", {}, "c is no number"),
        (SURE, "2", {}, "c is no true or false"),
        (DAY, "'22.10.2024'", {}, "c is no date"),
        (WHEN, "'tonight'", {}, "c is no instant"),
        (NAME, "'B'", {"values": {"A": "a"}}, "c holds a value unknown to the mapping"),
        (NAME, "'B'", {"pattern": "^(A)"}, "c does not fit the mapping's pattern"),
    ],
)
def test_refuses(column: Column, source: str, rule: dict, reason: str) -> None:
    assert read(column, source, **rule) == (None, reason)
