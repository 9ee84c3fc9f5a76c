"""Writing a league as Parquet: codes and words go to a desk apart and are joined there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from league.sample.arrays import Ints
from league.sample.cells import NULL, Cells
from league.sample.league import CONTRACTS, League
from warehouse.files import Desk


def write(league: League, folder: Path) -> dict[str, Path]:
    """One file a raw table, columns as in its contract; returns where each table went."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: dict[str, Path] = {}
    with Desk() as desk:
        firsts = _put_words(desk, league)
        for table, columns in league.cells.items():
            contract = CONTRACTS[table]
            path = folder / f"{contract.name}.parquet"
            desk.write(_laid_out(desk, columns, firsts=firsts[table]), contract, path)
            paths[table] = path
    return paths


def _put_words(desk: Desk, league: League) -> dict[str, dict[str, int]]:
    """All words of all columns as one table, since each of texts costs DuckDB a while."""
    words: list[str] = []
    firsts: dict[str, dict[str, int]] = {}
    for table, columns in league.cells.items():
        firsts[table] = {}
        for name, column in columns.items():
            firsts[table][name] = len(words)
            words.extend(column.words or ())
    desk.put("words", {"code": np.arange(len(words)), "word": np.array(words, dtype=object)})
    return firsts


def _laid_out(desk: Desk, columns: dict[str, Cells], *, firsts: dict[str, int]) -> str:
    """Put the columns on the desk and return the query that puts them together."""
    arrays: dict[str, NDArray[Any]] = {}
    picked, joined = [], []
    for name, column in columns.items():
        if column.words is not None:
            arrays[name] = _shifted(column.values, firsts[name])
            picked.append(f"w_{name}.word AS {name}")
            joined.append(f"LEFT JOIN words AS w_{name} ON w_{name}.code = laid.{name}")
            continue
        is_time = column.values.dtype.kind == "M"
        # DuckDB takes dates as timestamps; the contract's type brings them back.
        arrays[name] = column.values.astype("datetime64[us]") if is_time else column.values
        if column.known is not None:
            arrays[f"{name}_known"] = column.known
            picked.append(f"CASE WHEN laid.{name}_known THEN laid.{name} END AS {name}")
        else:
            picked.append(f"laid.{name}")
    desk.put("laid", arrays)
    return f"SELECT {', '.join(picked)} FROM laid {' '.join(joined)}"


def _shifted(codes: Ints, first: int) -> Ints:
    return np.where(codes == NULL, NULL, codes + first)
