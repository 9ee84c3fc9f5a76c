"""A user's text with our tables' whole names in it, for the rest word for word as he wrote it.

Nothing is rendered from a tree, so BigQuery reads what the parser here has only looked at. Hence
two checks of the parser: what it takes for strings, comments and code is what BigQuery takes for
them, and the words that are replaced spell the table that it has found there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import Token, TokenType, exp

from processors.errors import ContractError
from warehouse.bigquery.lexing import Kind, pieces
from warehouse.bigquery.names import Place
from warehouse.questions import check, no_table, not_understood, parsed, refusing, tables, tokens

QUOTED = frozenset(
    {TokenType.STRING, TokenType.RAW_STRING, TokenType.BYTE_STRING, TokenType.IDENTIFIER}
)
PREFIXES = "rRbB"
"""Of a string's quotes."""
JOINTS = frozenset({TokenType.DOT, TokenType.DASH})
"""Between the parts of a name."""
NAMESPACES = frozenset({"SAFE", "NET", "HLL_COUNT", "KLL_QUANTILES", ")"})
"""What stands before the point in calls of functions that compute and no more: `(x).UPPER()` too. A
dataset's function may be remote; those of ML and AI ask models, of KEYS and OBJ other services."""
PLACE = re.compile(r"(?<= at )\[(\d+):(\d+)\]$")
TAB = 8
"""Google's columns go on to the next multiple of it."""


@dataclass(frozen=True)
class Change:
    """From `start` to before `end` of the user's text stands `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Respelled:
    """A user's text, and what is sent for it."""

    written: str
    changes: tuple[Change, ...]
    tables: frozenset[str]
    """The whole names of those that it reads."""

    @property
    def text(self) -> str:
        parts, place = [], 0
        for one in self.changes:
            parts += [self.written[place : one.start], one.new]
            place = one.end
        return "".join((*parts, self.written[place:]))

    def as_written(self, message: str) -> str:
        """Google's words, with `[line:column]` as in the user's own text."""
        return PLACE.sub(self._moved, message)

    def _moved(self, found: re.Match[str]) -> str:
        offset = _offset(self.text, int(found[1]), int(found[2]))
        gained = 0
        for one in self.changes:
            if one.start + gained > offset:
                break
            if offset < one.start + gained + len(one.new):
                offset = one.start + gained
                break
            gained += len(one.new) - (one.end - one.start)
        return "[{}:{}]".format(*_line_and_column(self.written, offset - gained))


def respelled(text: str, place: Place, stored: Collection[str]) -> Respelled:
    """One SELECT that reads nothing but the stored tables; all else is refused."""
    with refusing():
        tree = parsed(text)
        check(tree)
        words = tokens(text)
        _check_pieces(text, words)
        _check_functions(words)
        known = _spellings(place, stored)
        changes, read = set(), set()
        for table in tables(tree):
            named = ".".join(part.name for part in table.parts)
            if named not in known:
                raise no_table(named, stored)
            read.add(known[named])
            start, end = _span(table, named, words)
            changes.add(Change(start, end, _quoted(known[named])))
    ordered = sorted(changes, key=lambda one: one.start)
    return Respelled(text, tuple(ordered), frozenset(read))


def _spellings(place: Place, stored: Collection[str]) -> Mapping[str, str]:
    """Whole names by what may be written for them: as in the documents, or as they are stored. A
    project says that the rest of the name is as it is stored."""
    whole = {name: place.table(name) for name in stored}
    there = {one.partition(".")[2]: one for one in whole.values()}
    return {one: one for one in whole.values()} | there | whole


def _quoted(name: str) -> str:
    """Part by part: the last one is the name by which columns call the table."""
    return ".".join(f"`{part}`" for part in name.split("."))


def _span(table: exp.Table, named: str, words: Sequence[Token]) -> tuple[int, int]:
    """Where the text names the table: the words up to its last one that spell it and no more."""
    ends = {word.end: number for number, word in enumerate(words)}
    last = ends.get(table.parts[-1].meta.get("end", -1), -1)
    spelled = ""
    for number in range(last, -1, -1):
        spelled = words[number].text + spelled
        if spelled == named and (not number or words[number - 1].token_type not in JOINTS):
            return words[number].start, words[last].end + 1
    raise not_understood(f"{named} as it is written here: write `{named}`")


def _check_functions(words: Sequence[Token]) -> None:
    for number, word in enumerate(words):
        if word.token_type is TokenType.L_PAREN:
            *namespaces, _ = path = _path_before(words, number)
            if any(one.upper() not in NAMESPACES for one in namespaces):
                raise not_understood(f"the function {'.'.join(path).upper()}")


def _path_before(words: Sequence[Token], number: int) -> list[str]:
    """`["SAFE", "SUBSTR"]` where the parenthesis follows SAFE.SUBSTR."""
    path = [""]
    for first in range(number - 1, -1, -2):
        path = [*words[first].text.split("."), *path]
        if not first or words[first - 1].token_type is not TokenType.DOT:
            break
    return path[:-1] or path


def _check_pieces(text: str, words: Sequence[Token]) -> None:
    """Whether the parser and `pieces` see the same code, strings and names in backticks."""
    try:
        if _by_pieces(text) == _by_words(text, words):
            return
    except ContractError as error:
        raise not_understood(error.message) from error
    raise not_understood("where a string, a name in backticks or a comment ends")


def _by_pieces(text: str) -> tuple[str, list[str]]:
    """The text without comments and blanks, and what is quoted in it."""
    found = [one for one in pieces(text) if one.kind is not Kind.COMMENT]
    bare = (_squeezed(one.text) if one.kind is Kind.CODE else one.text for one in found)
    return "".join(bare), [one.text for one in found if one.kind is not Kind.CODE]


def _by_words(text: str, words: Sequence[Token]) -> tuple[str, list[str]]:
    bare, quoted = [], []
    for word in words:
        written = text[word.start : word.end + 1]
        if word.token_type in QUOTED:
            quoted.append(written.lstrip(PREFIXES))
            bare.append(written)
        else:
            bare.append(_squeezed(written))
    return "".join(bare), quoted


def _squeezed(code: str) -> str:
    return "".join(code.split())


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    at = 1
    for offset in range(start, len(text)):
        if at >= column:
            return offset
        at = _after(at, text[offset])
    return len(text)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    column = 1
    for one in text[text.rfind("\n", 0, offset) + 1 : offset]:
        column = _after(column, one)
    return text.count("\n", 0, offset) + 1, column


def _after(column: int, character: str) -> int:
    return column + TAB - (column - 1) % TAB if character == "\t" else column + 1
