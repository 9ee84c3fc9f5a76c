"""A BigQuery text in pieces: code, strings, comments, names in backticks; no parser is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from processors.errors import ContractError


class Kind(StrEnum):
    """What a piece is."""

    CODE = "code"
    STRING = "string"
    COMMENT = "comment"
    NAME = "name"


@dataclass(frozen=True)
class Piece:
    """All pieces of a text, one after the other, are the text."""

    kind: Kind
    text: str


# A backslash keeps a quote from ending even a raw string.
PIECES = re.compile(
    r"""
    (?P<comment> --[^\n]* | \#[^\n]* | /\*.*?\*/ )
  | (?P<string>
        \"\"\"(?:\\.|[^\\])*?\"\"\"
      | '''(?:\\.|[^\\])*?'''
      | "(?!"")(?:\\.|[^"\\\n])*"
      | '(?!'')(?:\\.|[^'\\\n])*' )
  | (?P<name> `(?:\\.|[^`\\\n])+` )
  | (?P<open> ["'`] | /\* )
    """,
    re.VERBOSE | re.DOTALL,
)
PARAMETER = re.compile(r"(?<!@)@([A-Za-z_][A-Za-z0-9_]*)")


def pieces(text: str) -> Iterator[Piece]:
    place = 0
    for found in PIECES.finditer(text):
        kind = str(found.lastgroup)
        if kind == "open":
            line = text.count("\n", 0, found.start()) + 1
            raise ContractError(f"a text opens {found.group()} in line {line} and never closes it")
        if found.start() > place:
            yield Piece(Kind.CODE, text[place : found.start()])
        yield Piece(Kind(kind), found.group())
        place = found.end()
    if place < len(text):
        yield Piece(Kind.CODE, text[place:])


def parameters_of(text: str) -> frozenset[str]:
    """The named parameters that a text uses."""
    return frozenset(
        name
        for piece in pieces(text)
        if piece.kind is Kind.CODE
        for name in PARAMETER.findall(piece.text)
    )
