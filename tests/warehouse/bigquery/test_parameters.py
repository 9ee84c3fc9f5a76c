"""Parameters: only those that a text uses, of one type each, as BigQuery takes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from google.cloud import bigquery

from processors.columns import Type
from processors.errors import UsageError
from warehouse.bigquery.parameters import Typed, query_parameters

NOON = datetime(2024, 11, 18, 12, 30, 15, 250000)


def one(value: object) -> dict[str, object]:
    [found] = query_parameters("SELECT @x", {"x": value})
    return found


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("it's", "STRING", "it's"),
        (7, "INT64", "7"),
        (-(2**63), "INT64", "-9223372036854775808"),
        (0.1, "FLOAT64", "0.1"),
        (True, "BOOL", "true"),
        (False, "BOOL", "false"),
        (date(2024, 11, 18), "DATE", "2024-11-18"),
        (NOON, "TIMESTAMP", "2024-11-18 12:30:15.250000+00:00"),
        (NOON.replace(tzinfo=UTC), "TIMESTAMP", "2024-11-18 12:30:15.250000+00:00"),
        (
            NOON.replace(tzinfo=timezone(timedelta(hours=-5))),
            "TIMESTAMP",
            "2024-11-18 17:30:15.250000+00:00",
        ),
        (Typed(None, Type.DATE), "DATE", None),
        (Typed(3, Type.FLOAT64), "FLOAT64", "3.0"),
    ],
)
def test_scalar(value: object, kind: str, text: str | None) -> None:
    assert one(value) == {
        "name": "x",
        "parameterType": {"type": kind},
        "parameterValue": {"value": text},
    }
    assert bigquery.ScalarQueryParameter.from_api_repr(one(value)).type_ == kind


@pytest.mark.parametrize(
    ("value", "kind", "texts"),
    [
        ([date(2024, 11, 18), date(2024, 11, 19)], "DATE", ["2024-11-18", "2024-11-19"]),
        (("a", "b"), "STRING", ["a", "b"]),
        (Typed([], Type.INT64, is_list=True), "INT64", []),
    ],
)
def test_list(value: object, kind: str, texts: list[str]) -> None:
    assert one(value) == {
        "name": "x",
        "parameterType": {"type": "ARRAY", "arrayType": {"type": kind}},
        "parameterValue": {"arrayValues": [{"value": text} for text in texts]},
    }


def test_only_those_used() -> None:
    found = query_parameters("SELECT @b, @a -- @c", {"a": 1, "b": 2, "c": 3, "d": None})
    assert [each["name"] for each in found] == ["a", "b"]


def test_missing() -> None:
    with pytest.raises(UsageError, match=r"wants the parameters b, c$"):
        query_parameters("SELECT @a, @b, @c", {"a": 1})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "@x is None: declare its type"),
        ([], "holds nothing: declare its type"),
        ([1, "a"], "holds INT64, STRING: declare"),
        ([1, None], "@x is None"),
        (Decimal("1.5"), "is a Decimal, which has no type"),
        (b"x", "is a bytes"),
        (2**63, "too large for an INT64"),
        (Typed("a", Type.DATE), "holds a str, not a DATE"),
        (Typed(True, Type.INT64), "holds a bool, not a INT64"),
        (Typed([None], Type.DATE, is_list=True), "holds a NoneType"),
        (Typed("a", Type.STRING, is_list=True), "is no list"),
    ],
)
def test_refused(value: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        one(value)
