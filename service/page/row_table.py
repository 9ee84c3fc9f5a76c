"""Stored rows as a page's table has them: the key at the left, each cell as text, NULL as None."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.stored_rows import PLAYER
from processors.columns import Type
from service.models.rows import ColumnOf, RowsOfDate
from service.routes.rows import SIZE

NUMBERS = (Type.INT64, Type.FLOAT64)


@dataclass(frozen=True)
class Cell:
    """Text, or None for NULL."""

    text: str | None
    is_number: bool


@dataclass(frozen=True)
class Line:
    """One row."""

    player: str | None
    name: str | None
    """Of the player, where he is known."""
    key: tuple[Cell, ...]
    """What else is in the key; the date is the page's."""
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class RowTable:
    """A page of rows, with the columns in the contract's order."""

    answer: RowsOfDate
    key: tuple[ColumnOf, ...]
    columns: tuple[ColumnOf, ...]
    lines: tuple[Line, ...]

    @property
    def first(self) -> int:
        return (self.answer.page - 1) * SIZE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1


def row_table(answer: RowsOfDate) -> RowTable:
    places = list(enumerate(answer.columns))
    dated = [(at, one) for at, one in places if one.name != answer.date_column]
    key = [(at, one) for at, one in dated if one.is_key]
    others = [(at, one) for at, one in dated if not one.is_key]
    unsaid = [(at, one) for at, one in key if one.name != PLAYER]
    player = next((at for at, one in places if one.name == PLAYER), None)
    return RowTable(
        answer=answer,
        key=tuple(one for _, one in key),
        columns=tuple(one for _, one in others),
        lines=tuple(
            Line(
                player=None if player is None else row[player],
                name=name,
                key=tuple(cell(row[at], one) for at, one in unsaid),
                cells=tuple(cell(row[at], one) for at, one in others),
            )
            for row, name in zip(answer.rows, answer.names, strict=True)
        ),
    )


def cell(value: object, column: ColumnOf) -> Cell:
    return Cell(text_of(value, column.digits), column.type in NUMBERS)


def text_of(value: object, digits: int | None) -> str | None:
    """As stored: digits that are kept, without the noughts that end them; empty text is marked."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case float() if digits is not None:
            text = f"{value:.{digits}f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case "":
            return "“”"
        case _:
            return str(value)
