"""The vocabulary of a mapping: small, closed, and checked before a file is opened."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from processors.columns import Type

Value = str | bool | int | float
Transform = Literal["upper", "lower", "minutes", "given", "negate", "eastern"]

MADE_FOR: dict[Transform, tuple[Type, ...]] = {
    "upper": (Type.STRING,),
    "lower": (Type.STRING,),
    "minutes": (Type.STRING,),
    "given": (Type.BOOL,),
    "negate": (Type.INT64, Type.FLOAT64),
    "eastern": (Type.TIMESTAMP,),
}
"""Which types of column each transform can fill."""


class Strict(BaseModel):
    """A table of the TOML file in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def column_or_table(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def one_or_more(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


class ColumnRule(Strict):
    """How one column is filled: from a column of the source, a constant, or a row number."""

    column: str | None = None
    constant: Value | None = None
    number_within: str | None = None
    optional: bool = False
    pattern: str | None = None
    values: str | dict[str, Value] | None = None
    others: Literal["refuse", "keep"] = "refuse"
    transform: Transform | None = Field(default=None, alias="as")
    format: str | None = None

    @model_validator(mode="after")
    def one_origin(self) -> ColumnRule:
        origins = (self.column, self.constant, self.number_within)
        if sum(origin is not None for origin in origins) != 1:
            raise ValueError("needs exactly one of `column`, `constant` and `number_within`")
        if self.pattern is not None:
            check_pattern(self.pattern)
        return self


class PlayerRule(Strict):
    """Where a row says who it is about; several name columns are joined by a blank."""

    name: Annotated[tuple[str, ...], BeforeValidator(one_or_more)]
    id: str | None = None
    provider: str = "nba"


class PairRule(Strict):
    """Two rows a game, one a team, that become one with `home.` and `away.` columns."""

    by: str
    team: str
    column: str
    home: Annotated[tuple[str, ...], BeforeValidator(one_or_more)]

    @model_validator(mode="after")
    def patterns(self) -> PairRule:
        for pattern in self.home:
            check_pattern(pattern)
        return self


class RefuseRule(Strict):
    """Rows that are not taken, and why."""

    column: str
    reason: str
    equals: Annotated[tuple[Value, ...], BeforeValidator(one_or_more)] | None = None
    differs: Annotated[tuple[Value, ...], BeforeValidator(one_or_more)] | None = None
    missing: bool = False

    @model_validator(mode="after")
    def one_condition(self) -> RefuseRule:
        given = (self.equals is not None, self.differs is not None, self.missing)
        if sum(given) != 1:
            raise ValueError("needs exactly one of `equals`, `differs` and `missing = true`")
        return self


class Source(Strict):
    """One kind of file and the table that its rows go to."""

    table: str
    files: Annotated[tuple[str, ...], BeforeValidator(one_or_more)]
    refuse_file: str | None = None
    closing: bool = False
    pair: PairRule | None = None
    player: PlayerRule | None = None
    columns: dict[str, Annotated[ColumnRule, BeforeValidator(column_or_table)]] = {}
    refuse: tuple[RefuseRule, ...] = ()

    def needs(self) -> Dictionary[str, str]:
        """The columns that a file must have, each with what it is needed for."""
        needed: dict[str, str] = {}
        for target, rule in self.columns.items():
            for name in (rule.column, rule.number_within):
                if name is not None and not rule.optional:
                    needed.setdefault(self.plain(name), target)
        for refusal in self.refuse:
            needed.setdefault(self.plain(refusal.column), f"refusing rows ({refusal.reason})")
        if self.player is not None:
            for name in (*self.player.name, *((self.player.id,) if self.player.id else ())):
                needed.setdefault(name, "player_lookup")
        if self.pair is not None:
            for name in (self.pair.by, self.pair.team, self.pair.column):
                needed.setdefault(name, "pairing the two rows of a game")
        return needed

    def plain(self, name: str) -> str:
        """A column's name as the file has it, without the side of a pair."""
        return name.removeprefix("home.").removeprefix("away.") if self.pair else name


class Mapping(Strict):
    """A whole mapping: its sources, shared value lists, and what it knows about names."""

    description: str
    source: tuple[Source, ...]
    values: dict[str, dict[str, Value]] = {}
    aliases: dict[str, str] = {}
    names: dict[str, str] = {}


def check_pattern(pattern: str) -> None:
    """Refuse a pattern without its one group, or with what the engine cannot do."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"`{pattern}` is no regular expression: {error}") from error
    if compiled.groups != 1 or re.search(r"\(\?<?[=!]", pattern):
        raise ValueError(f"`{pattern}` needs exactly one group and no look-around")
