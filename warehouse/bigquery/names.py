"""Product texts for one place: `nba_raw.schedule` becomes `project.prefix_nba_raw.schedule`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from processors.errors import ContractError
from warehouse.bigquery.lexing import Kind, pieces

DATASETS = ("nba_raw", "nba_analytics", "nba_precompute", "nba_predictions", "nba_ops")
"""Those that contracts name; a test holds it to them."""
STAGING = "staging"
BARE = re.compile(rf"(?<![\w.])(?:{'|'.join((*DATASETS, STAGING))})\s*\.\s*\w+")


class Place(Protocol):
    """Where tables are: an address, or a place made of several."""

    def table(self, name: str) -> str:
        """`nba_raw.schedule` as `project.prefix_nba_raw.schedule`."""
        ...


def placed(text: str, place: Place, staged: Mapping[str, str]) -> str:
    """The same text for this place; `staged` gives the whole name of each staged table that it
    may name. Only names in backticks whose dataset is ours change."""
    return "".join(
        _placed(piece.text, place, staged)
        if piece.kind is Kind.NAME
        else _harmless(piece.text)
        if piece.kind is Kind.CODE
        else piece.text
        for piece in pieces(text)
    )


def names_in(text: str) -> set[str]:
    """The tables that a text names, as it names them."""
    return {
        piece.text[1:-1]
        for piece in pieces(text)
        if piece.kind is Kind.NAME
        and piece.text[1:-1].partition(".")[0] in (*DATASETS, STAGING)
        and "." in piece.text
    }


def _placed(quoted: str, place: Place, staged: Mapping[str, str]) -> str:
    dataset, dot, table = quoted[1:-1].partition(".")
    if not dot or dataset not in (*DATASETS, STAGING):
        return quoted
    if dataset != STAGING:
        return f"`{place.table(f'{dataset}.{table}')}`"
    if table not in staged:
        known = ", ".join(sorted(staged)) or "nothing"
        raise ContractError(f"the text names {dataset}.{table}; what is staged is {known}")
    if "`" in staged[table]:
        raise ContractError(f"{staged[table]!r} is no name of a table")
    return f"`{staged[table]}`"


def _harmless(code: str) -> str:
    """A name without backticks would keep its dataset: under a prefix it would be another's."""
    bare = BARE.search(code)
    if bare:
        raise ContractError(f"the text names {bare.group()} without backticks: write them")
    return code
