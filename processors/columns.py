"""The columns of a contract: type, unit, digits, range; with short makers for each type."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """BigQuery's names; the warehouse translates them."""

    STRING = "STRING"
    INT64 = "INT64"
    FLOAT64 = "FLOAT64"
    BOOL = "BOOL"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: what it holds, how it is rounded, what is allowed in it."""

    name: str
    type: Type
    description: str
    unit: str = ""
    digits: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    nullable: bool = True
    one_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.type is Type.FLOAT64) != (self.digits is not None):
            raise ValueError(f"{self.name}: FLOAT64 declares its digits, and nothing else does")
        if self.digits is not None and not 0 <= self.digits <= 6:
            raise ValueError(f"{self.name}: 0 to 6 digits, not {self.digits}")


def text(
    name: str, description: str, *, nullable: bool = True, one_of: tuple[str, ...] = ()
) -> Column:
    return Column(
        name=name, type=Type.STRING, description=description, nullable=nullable, one_of=one_of
    )


def integer(
    name: str,
    description: str,
    *,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    nullable: bool = True,
) -> Column:
    return Column(
        name=name,
        type=Type.INT64,
        description=description,
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        nullable=nullable,
    )


def count(name: str, description: str, *, unit: str = "count", nullable: bool = True) -> Column:
    """A whole number that cannot be negative."""
    return integer(name, description, unit=unit, minimum=0, nullable=nullable)


def real(
    name: str,
    description: str,
    *,
    unit: str = "",
    digits: int = 6,
    minimum: float | None = None,
    maximum: float | None = None,
    nullable: bool = True,
) -> Column:
    return Column(
        name=name,
        type=Type.FLOAT64,
        description=description,
        unit=unit,
        digits=digits,
        minimum=minimum,
        maximum=maximum,
        nullable=nullable,
    )


def share(name: str, description: str, *, maximum: float = 1) -> Column:
    """A share 0-1, as every `*_pct`."""
    return real(name, description, unit="share", minimum=0, maximum=maximum)


def flag(name: str, description: str, *, nullable: bool = True) -> Column:
    return Column(name=name, type=Type.BOOL, description=description, nullable=nullable)


def day(name: str, description: str, *, nullable: bool = True) -> Column:
    return Column(name=name, type=Type.DATE, description=description, nullable=nullable)


def instant(name: str, description: str, *, nullable: bool = True) -> Column:
    return Column(name=name, type=Type.TIMESTAMP, description=description, nullable=nullable)
