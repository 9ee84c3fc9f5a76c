"""Python's values to GoogleSQL's and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from zetasql.wasi._pb2.zetasql.public import type_pb2
from zetasql.wasi._pb2.zetasql.public.value_pb2 import ValueProto

from processors.columns import Type

EPOCH_DAY = date(1970, 1, 1)
EPOCH = datetime(1970, 1, 1)  # a TIMESTAMP is naive and UTC throughout Tipoff
MICROSECOND = timedelta(microseconds=1)
NUMERIC_DIGITS = 9


def encode(value: Any, type_: Type) -> ValueProto:
    """A value of a declared type; an int is taken where a float is declared."""
    if value is None:
        return ValueProto()
    match type_:
        case Type.STRING:
            return ValueProto(string_value=value)
        case Type.INT64:
            return ValueProto(int64_value=value)
        case Type.FLOAT64:
            return ValueProto(double_value=value)
        case Type.BOOL:
            return ValueProto(bool_value=value)
        case Type.DATE:
            return ValueProto(date_value=(value - EPOCH_DAY).days)
        case Type.TIMESTAMP:
            return _timestamp(value)


def _timestamp(value: datetime) -> ValueProto:
    naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    seconds, microseconds = divmod((naive - EPOCH) // MICROSECOND, 1_000_000)
    encoded = ValueProto()
    encoded.timestamp_value.seconds = seconds
    encoded.timestamp_value.nanos = microseconds * 1000
    return encoded


def decode(value: ValueProto, type_: type_pb2.TypeProto) -> Any:
    """A TIMESTAMP becomes a naive datetime in UTC, a STRUCT a dict, an ARRAY a list."""
    match value.WhichOneof("value"):
        case None:
            return None
        case "date_value":
            return EPOCH_DAY + timedelta(days=value.date_value)
        case "timestamp_value":
            at = value.timestamp_value
            return EPOCH + timedelta(seconds=at.seconds, microseconds=at.nanos // 1000)
        case "numeric_value":
            return Decimal(int.from_bytes(value.numeric_value, "little", signed=True)).scaleb(
                -NUMERIC_DIGITS
            )
        case "array_value":
            element = type_.array_type.element_type
            return [decode(one, element) for one in value.array_value.element]
        case "struct_value":
            fields = type_.struct_type.field
            return {
                field.field_name: decode(one, field.field_type)
                for field, one in zip(fields, value.struct_value.field, strict=True)
            }
        case (
            "int64_value" | "double_value" | "string_value" | "bool_value" | "bytes_value" as plain
        ):
            return getattr(value, plain)
        case other:
            raise TypeError(f"{other} is not read here: CAST it to a type that our contracts have")


def type_of(value: Any) -> Type:
    """The type of a parameter, told by its value."""
    # bool is an int and datetime is a date: the narrower one is asked first
    for python, type_ in (
        (bool, Type.BOOL),
        (int, Type.INT64),
        (float, Type.FLOAT64),
        (str, Type.STRING),
        (datetime, Type.TIMESTAMP),
        (date, Type.DATE),
    ):
        if isinstance(value, python):
            return type_
    raise TypeError(f"no parameter type for {value!r}: give a str, int, float, bool or date")
