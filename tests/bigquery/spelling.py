"""A statement as the analyser is to read it: `a.b` is two names, as it is in BigQuery.

GoogleSQL alone takes what stands between backticks for one name; BigQuery splits it, so that the
table's alias is its last part. Places in messages are put back to those of the text that was sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects import BigQuery
from sqlglot.tokenizer_core import Token, TokenType

from tests.bigquery.errors import ApiError, invalid_query, not_implemented

AT = re.compile(r" at \[(\d+):(\d+)\]$")
BEGINNINGS = ("BEGIN", "COMMIT", "ROLLBACK")
# BigQuery has them; the analyser's refusal would look like BigQuery's
NOT_HERE: tuple[str, ...] = (
    "ASSERT",
    "BREAK",
    "CALL",
    "CASE",
    "CONTINUE",
    "DECLARE",
    "EXECUTE",
    "EXPORT",
    "FOR",
)
NOT_HERE += ("GRANT", "IF", "ITERATE", "LEAVE", "LOAD", "LOOP", "RAISE", "REPEAT", "RETURN")
NOT_HERE += ("REVOKE", "SET", "WHILE")


@dataclass(frozen=True)
class Statement:
    """One statement of a script; the text keeps its place by the blanks before it."""

    text: str
    added: tuple[int, ...]
    """Where in `text` two characters stand that were not sent."""

    @property
    def transaction(self) -> str | None:
        """BEGIN, COMMIT or ROLLBACK, where that is what the statement is."""
        words = self.text.upper().split()
        if words[0] in BEGINNINGS and words[1:] in ([], ["TRANSACTION"]):
            return words[0]
        return None

    def placed(self, error: ApiError) -> ApiError:
        """The error with its place in the text that was sent."""
        found = AT.search(error.message)
        if not found:
            return error
        line, column = int(found[1]), int(found[2])
        start = sum(len(one) for one in self.text.splitlines(keepends=True)[: line - 1])
        earlier = sum(2 for at in self.added if start <= at < start + column - 1)
        message = f"{error.message[: found.start()]} at [{line}:{column - earlier}]"
        return ApiError(error.reason, message, location=error.location)


@lru_cache(maxsize=512)
def statements(sql: str) -> tuple[Statement, ...]:
    """The statements of a script, between its semicolons."""
    try:
        tokens = BigQuery().tokenize(sql)
    except sqlglot.errors.TokenError as error:
        raise invalid_query(f"Syntax error: {error}") from error
    found, start = [], 0
    held: list[Token] = []
    for token in tokens:
        if token.token_type is not TokenType.SEMICOLON:
            held.append(token)
            continue
        if held:
            found.append(_statement(sql, start, token.start, held))
        start, held = token.end + 1, []
    if held:
        found.append(_statement(sql, start, len(sql), held))
    if not found:
        raise invalid_query("Syntax error: Unexpected end of statement at [1:1]")
    return tuple(found)


def _statement(sql: str, start: int, end: int, tokens: list[Token]) -> Statement:
    if tokens[0].text.upper() in NOT_HERE:
        raise not_implemented(f"{tokens[0].text.upper()} statements")
    text, added, done = re.sub(r"[^\n]", " ", sql[:start]), [], start
    for token in tokens:
        if token.token_type is not TokenType.IDENTIFIER or "." not in token.text:
            continue
        text += sql[done : token.start]
        for place, part in enumerate(token.text.split(".")):
            if place:
                added.append(len(text))
            text += f"{'.' if place else ''}`{part}`"
        done = token.end + 1
    return Statement((text + sql[done:end]).rstrip(), tuple(added))


@lru_cache(maxsize=512)
def _parsed(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, read="bigquery")


def parsed(text: str) -> exp.Expr:
    """A tree of one's own, to be changed."""
    return _parsed(text).copy()
