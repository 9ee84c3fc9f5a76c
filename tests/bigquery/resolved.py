"""The analyser's resolved tree, read straight from the wire.

protobuf refuses more than a hundred nested messages, which a long statement has; the generated
descriptors say how to read one level at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message_factory import GetMessageClass
from zetasql.wasi._pb2.zetasql.resolved_ast import resolved_ast_pb2

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
STATEMENT = resolved_ast_pb2.DESCRIPTOR.message_types_by_name["AnyResolvedStatementProto"]
# protobufs that are no nodes of the tree: read whole
PLAIN = frozenset(
    {
        "ResolvedColumnProto",
        "ValueWithTypeProto",
        "TypeProto",
        "FunctionRefProto",
        "TableRefProto",
        "AnnotationMapProto",
        "FunctionSignatureProto",
        "ParseLocationRangeProto",
    }
)


class Node:
    """One node: `kind` is its class without Resolved, `[...]` one field, `all` a repeated one."""

    def __init__(self, descriptor: Descriptor, data: bytes) -> None:
        self._descriptor = descriptor
        self._data = data

    @property
    def kind(self) -> str:
        return str(self._descriptor.name).removeprefix("Resolved").removesuffix("Proto")

    @cached_property
    def _fields(self) -> dict[str, list[Any]]:
        """The fields of the node and of the classes that it derives from."""
        found: dict[str, list[Any]] = {}
        for number, data in _wire(self._data):
            field = self._descriptor.fields_by_number.get(number)
            if field is None:
                continue
            if field.name == "parent":
                found |= Node(field.message_type, data)._fields
            else:
                found.setdefault(field.name, []).append(_value(field, data))
        return found

    def __getitem__(self, name: str) -> Any:
        values = self._fields.get(name)
        return values[-1] if values else None

    def all(self, name: str) -> list[Any]:
        return self._fields.get(name, [])

    @property
    def children(self) -> Iterator[Node]:
        for values in self._fields.values():
            yield from (value for value in values if isinstance(value, Node))

    def walk(self) -> Iterator[Node]:
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children)


def statement(answer: bytes) -> Node:
    """The tree in an AnalyzeResponse."""
    [data] = (data for number, data in _wire(answer) if number == 1)
    return _node(STATEMENT, data)


def _node(descriptor: Descriptor, data: bytes) -> Node:
    """Any…Proto is a choice between classes: what was chosen."""
    while descriptor.name.startswith("Any"):
        number, data = next(_wire(data))
        descriptor = descriptor.fields_by_number[number].message_type
    return Node(descriptor, data)


def _value(field: FieldDescriptor, data: Any) -> Any:
    if field.message_type is not None:
        if field.message_type.name in PLAIN or not field.message_type.name.startswith(
            ("Resolved", "AnyResolved")
        ):
            return GetMessageClass(field.message_type).FromString(data)
        return _node(field.message_type, data)
    if field.type == FieldDescriptor.TYPE_STRING:
        return data.decode()
    if field.enum_type is not None:
        return field.enum_type.values_by_number[data].name
    return data


def _wire(data: bytes) -> Iterator[tuple[int, Any]]:
    """Field numbers with what they hold: bytes, or a number."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, form = tag >> 3, tag & 7
        if form == VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        size = {FIXED64: 8, FIXED32: 4}.get(form)
        if size is None:
            size, at = _varint(data, at)
        yield number, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
