"""Columns held small: texts as codes into a list of words, unknown values as a mask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from league.sample.arrays import Bools, Ints, Pick

NULL = -1
"""The code of a text that is not known."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """One column."""

    values: NDArray[Any]
    words: tuple[str, ...] | None = None
    known: Bools | None = None

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: Pick) -> Cells:
        known = None if self.known is None else self.known[rows]
        return replace(self, values=self.values[rows], known=known)

    def with_values(self, rows: Pick, values: NDArray[Any] | float) -> Cells:
        """The column with other values in some rows, known ones."""
        changed = self.values.copy()
        changed[rows] = values
        known = self.known
        if known is not None:
            known = known.copy()
            known[rows] = True
        return replace(self, values=changed, known=known)

    def without(self, rows: Pick) -> Cells:
        """The column with nothing known in some rows."""
        if self.words is not None:
            return self.with_values(rows, NULL)
        known = np.ones(len(self), dtype=bool) if self.known is None else self.known.copy()
        known[rows] = False
        return replace(self, known=known)

    def with_words(self, rows: Pick, words: list[str]) -> Cells:
        """The column with other texts in some rows."""
        listed = self.words or ()
        codes = len(listed) + np.arange(len(words))
        return replace(self.with_values(rows, codes), words=(*listed, *words))

    def plain(self) -> NDArray[Any]:
        """The column as an array of its own, NULL as None (or as NaN, or as NaT)."""
        if self.words is not None:
            texts: NDArray[Any] = np.array([*self.words, None], dtype=object)[self.values]
            return texts
        if self.known is None or self.known.all():
            return self.values
        plain = self.values.astype(object)
        plain[~self.known] = None
        return plain

    def comparable(self) -> Ints:
        """Numbers that are equal where the cells are equal, NULL included."""
        values = self.values
        if self.words is not None:
            order = {word: place for place, word in enumerate(dict.fromkeys(self.words))}
            places = np.array([*(order[word] for word in self.words), NULL])
            codes: Ints = places[values]
            return codes
        if values.dtype == np.float64:
            values = (values + 0.0).view(np.int64)
        numbers: Ints = values.astype(np.int64)
        if self.known is not None:
            numbers = np.where(self.known, numbers, np.iinfo(np.int64).min)
        return numbers


Rows = Mapping[str, Cells]


def texts(codes: NDArray[Any], words: tuple[str, ...]) -> Cells:
    return Cells(values=np.asarray(codes, dtype=np.int64), words=words)


def text(values: list[str | None]) -> Cells:
    """A column from its texts, one by one."""
    words = tuple(dict.fromkeys(value for value in values if value is not None))
    places = {word: place for place, word in enumerate(words)}
    return texts(np.array([NULL if value is None else places[value] for value in values]), words)


def plain(values: NDArray[Any], *, known: Bools | None = None) -> Cells:
    return Cells(values=values, known=known)


def take_rows(rows: Rows, which: Pick) -> dict[str, Cells]:
    return {name: cells.take(which) for name, cells in rows.items()}


def change(rows: Rows, **columns: Cells) -> dict[str, Cells]:
    """The rows with some columns replaced."""
    return {**rows, **columns}


def join_rows(parts: list[Rows]) -> dict[str, Cells]:
    """Tables of equal columns, one after the other."""
    return {name: _join([part[name] for part in parts]) for name in parts[0]}


def _join(parts: list[Cells]) -> Cells:
    if parts[0].words is None:
        known = None
        if any(part.known is not None for part in parts):
            known = np.concatenate(
                [np.ones(len(part), bool) if part.known is None else part.known for part in parts]
            )
        return Cells(values=np.concatenate([part.values for part in parts]), known=known)
    words: list[str] = []
    codes = []
    for part in parts:
        own = part.words or ()
        first = 0 if tuple(words[: len(own)]) == own and len(own) else len(words)
        if first or not words:
            words.extend(own)
        codes.append(np.where(part.values == NULL, NULL, part.values + first))
    return Cells(values=np.concatenate(codes), words=tuple(words))
