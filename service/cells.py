"""Cells of a query's rows as JSON can hold them; what it can't is text, as BigQuery writes it."""

from __future__ import annotations

import math
from base64 import b64encode
from datetime import date, time
from typing import Any

Plain = bool | int | float | str | list[Any] | dict[str, Any] | None


def plain(cell: object) -> Plain:
    match cell:
        case None | bool() | int() | str():
            return cell
        case float():
            return cell if math.isfinite(cell) else _not_finite(cell)
        case date() | time():
            return cell.isoformat()
        case bytes():
            return b64encode(cell).decode()
        case list() | tuple():
            return [plain(one) for one in cell]
        case dict():
            return {str(name): plain(one) for name, one in cell.items()}
        case _:
            return str(cell)


def _not_finite(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"
