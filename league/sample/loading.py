"""From source rows to raw rows: spellings resolved, spreads turned homewards, doubles collapsed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Bools, Ints
from league.sample.cells import Cells, Rows, change, plain, take_rows, texts
from league.sample.sources import GAME_LINES, PLAYER_LINES, PLAYERS, SIDES, Sources
from processors.contract import Contract


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Rows that contradict each other under one key: none of them was loaded."""

    table: str
    key: tuple[object, ...]
    rows: int


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """What loading did to the source rows."""

    resolved_aliases: int
    """Rows whose player was found by another spelling."""
    unresolved: Mapping[str, int]
    """Spellings that nobody is known by, with the rows refused for it."""
    mirrored_spreads: int
    """Rows that told the visitors' spread."""
    collapsed_duplicates: Mapping[str, int]
    """Rows by table that repeated another to the letter; mirrored spreads are not among them."""
    refused_contradictions: tuple[Refusal, ...]


def load(sources: Sources, contracts: Mapping[str, Contract]) -> tuple[Sources, LoadReport]:
    """The raw tables, and what was done to get there."""
    lines, resolved, unresolved = _resolve(sources[PLAYER_LINES], sources[PLAYERS])
    spreads, mirrored = _turn_homewards(sources[GAME_LINES])
    turned = {**sources, PLAYER_LINES: lines, GAME_LINES: spreads}
    tables: Sources = {}
    collapsed: dict[str, int] = {}
    refusals: list[Refusal] = []
    for table, contract in contracts.items():
        ordered = {name: turned[table][name] for name in contract.column_names}
        tables[table], collapsed[table], refused = _collapse(ordered, contract)
        refusals += refused
    collapsed[GAME_LINES] -= mirrored
    return tables, LoadReport(
        resolved_aliases=resolved,
        unresolved=unresolved,
        mirrored_spreads=mirrored,
        collapsed_duplicates={table: count for table, count in collapsed.items() if count},
        refused_contradictions=tuple(refusals),
    )


def _resolve(lines: Rows, players: Rows) -> tuple[dict[str, Cells], int, dict[str, int]]:
    """Put the player's key in place of every spelling that is one of his aliases."""
    keys = players["player_lookup"].plain().tolist()
    key_of = {
        alias: key
        for key, aliases in zip(keys, players["aliases"].plain().tolist(), strict=True)
        for alias in (aliases or "").split()
    }
    # A key is nobody's alias: names whose keys differ only by a suffix are never drawn.
    key_of |= {key: key for key in keys}
    spelled = lines["player_lookup"]
    words = spelled.words or ()
    used = np.bincount(spelled.values, minlength=len(words))
    known = np.array([word in key_of for word in words])
    other = np.array([key_of.get(word, word) != word for word in words])
    found = texts(spelled.values, tuple(key_of.get(word, word) for word in words))
    unresolved: Counter[str] = Counter()
    for word, count in zip(words, used.tolist(), strict=True):
        if count and word not in key_of:
            unresolved[word] += count
    return (
        take_rows(change(lines, player_lookup=found), known[spelled.values]),
        int(used[other].sum()),
        unresolved,
    )


def _turn_homewards(lines: Rows) -> tuple[dict[str, Cells], int]:
    """The home team's spread in every row, whichever team's the source told."""
    away = lines["side"].values == SIDES.index("away")
    spread = lines["spread"].values
    turned = np.where(away, 0.0 - spread, spread)
    return change(lines, spread_home=plain(turned)), int(away.sum())


def _collapse(
    rows: dict[str, Cells], contract: Contract
) -> tuple[dict[str, Cells], int, list[Refusal]]:
    """One row a key: equal rows become one, and where they differ none is kept."""
    numbers = {name: cells.comparable() for name, cells in rows.items()}
    keys = [numbers[name] for name in contract.key]
    order = np.lexsort(keys[::-1])
    repeats = _equal_to_previous([key[order] for key in keys])
    if not repeats.any():
        return rows, 0, []
    same = _equal_to_previous([number[order] for number in numbers.values()])
    groups = np.cumsum(~repeats) - 1
    contradicted = np.bincount(groups, repeats & ~same) > 0
    kept = np.sort(order[~repeats & ~contradicted[groups]])
    refusals = []
    for group in np.flatnonzero(contradicted):
        members = order[groups == group]
        one = take_rows(rows, members[:1])
        key = tuple(one[name].plain().tolist()[0] for name in contract.key)
        refusals.append(Refusal(table=contract.table, key=key, rows=len(members)))
    return take_rows(rows, kept), int((repeats & ~contradicted[groups]).sum()), refusals


def _equal_to_previous(columns: list[Ints]) -> Bools:
    equal = np.ones(len(columns[0]), dtype=bool)
    equal[:1] = False
    for column in columns:
        equal[1:] &= column[1:] == column[:-1]
    return equal
