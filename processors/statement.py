"""A statement: BigQuery text, what it reads, and a fingerprint that comments don't change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from itertools import zip_longest
from typing import TYPE_CHECKING, TypedDict

from processors.contract import Contract
from processors.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import exp

LOCK_FILE = "statements.lock.json"


class Facts(TypedDict):
    """What is shipped of a statement."""

    table: str
    fingerprint: str
    reads: dict[str, list[str]]
    yields: list[str]


@dataclass(frozen=True)
class Statement:
    """One SELECT over [@start_date, @end_date], as BigQuery text."""

    text: str

    @cached_property
    def text_hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def tree(self) -> exp.Query:
        """The syntax tree; parsing is left to those who need it, sqlglot takes time to load."""
        from processors.syntax import parse

        return parse(self.text)

    @cached_property
    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """The tables that the statement reads, each with the columns it reads of it."""
        locked = _lock().get(self.text_hash)
        if locked:
            return {table: tuple(names) for table, names in locked["reads"].items()}
        from processors.syntax import columns_read

        return columns_read(self.tree)

    @cached_property
    def fingerprint(self) -> str:
        """Of the syntax tree: a comment or a reformat changes nothing."""
        locked = _lock().get(self.text_hash)
        if locked:
            return locked["fingerprint"]
        from processors.syntax import canonical

        return hashlib.sha256(canonical(self.tree).encode()).hexdigest()

    def logic_version(self, contract: Contract) -> str:
        """Of the statement and of what in the contract changes the rows."""
        parts = [
            self.fingerprint,
            contract.date_column,
            contract.key,
            [
                (one.name, one.type, one.digits, one.minimum, one.maximum, one.nullable, one.one_of)
                for one in contract.columns
            ],
            [(check.name, check.bad_when) for check in contract.row_checks],
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    @cached_property
    def yields(self) -> tuple[str, ...]:
        """The names of the outermost SELECT's columns, in order."""
        locked = _lock().get(self.text_hash)
        if locked:
            return tuple(locked["yields"])
        from processors.syntax import output_names

        return output_names(self.tree)

    def check_columns(self, contract: Contract) -> None:
        """The outermost SELECT names the contract's columns, in the contract's order."""
        for found, wanted in zip_longest(self.yields, contract.column_names, fillvalue="nothing"):
            if found != wanted:
                raise ContractError(
                    f"{contract.table}: the statement yields {found} where the contract has"
                    f" {wanted}"
                )


@cache
def _lock() -> Mapping[str, Facts]:
    """Facts of shipped statements, so that the door opens without loading a parser."""
    file = resources.files("processors").joinpath(LOCK_FILE)
    found: dict[str, Facts] = json.loads(file.read_text()) if file.is_file() else {}
    return found
