"""Two versions of one table, row for row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

Row = dict[str, object]
Key = tuple[object, ...]

TOLERANCE = 1.5e-6
"""One unit of the sixth digit, for roots and divisions that end on a tie; columns declared with
fewer digits get none, since their neighbouring values lie further apart than this."""

EXAMPLES = 3


def differences(
    expected: list[Row], actual: list[Row], key: tuple[str, ...], limit: int = 10
) -> list[str]:
    """What differs, a line a kind and a line a column, at most `limit` lines and a last count."""
    wanted, found = _by_key(expected, key), _by_key(actual, key)
    lines = [
        *_line("expected twice", _doubled(expected, key)),
        *_line("doubled", _doubled(actual, key)),
        *_line("missing", _shown(wanted.keys() - found.keys())),
        *_line("extra", _shown(found.keys() - wanted.keys())),
        *_column_lines(wanted, found),
    ]
    if len(lines) > limit:
        lines[limit:] = [f"… and {len(lines) - limit} more lines of differences"]
    return lines


def _by_key(rows: list[Row], key: tuple[str, ...]) -> dict[Key, Row]:
    return {tuple(row[part] for part in key): row for row in rows}


def _doubled(rows: list[Row], key: tuple[str, ...]) -> list[str]:
    counts = Counter(tuple(row[part] for part in key) for row in rows)
    return _shown(entry for entry, count in counts.items() if count > 1)


def _column_lines(wanted: dict[Key, Row], found: dict[Key, Row]) -> list[str]:
    columns: dict[str, list[str]] = {}
    shared = wanted.keys() & found.keys()
    for entry in shared:
        row = found[entry]
        for column, value in wanted[entry].items():
            if column not in row:
                columns.setdefault(column, []).append(f"{_name(entry)} has no such column")
            elif not same(value, row[column]):
                text = f"{_name(entry)} expected {value!r}, got {row[column]!r}"
                columns.setdefault(column, []).append(text)
    lines = []
    for column in sorted(columns):
        lines += _line(column, sorted(columns[column]), f" of {len(shared)} rows")
    return lines


def same(expected: object, actual: object) -> bool:
    """Whether two published values are equal, to one unit of the sixth digit."""
    # a Decimal for a float or a 1 for TRUE is a wrong type, even where == would let it pass
    if type(expected) is type(actual) and expected == actual:
        return True
    if not _is_number(expected) or not _is_number(actual):
        return False
    if isinstance(expected, int) and isinstance(actual, int):
        return False
    return abs(expected - actual) < TOLERANCE


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _line(what: str, texts: list[str], of: str = " keys") -> list[str]:
    if not texts:
        return []
    shown = "; ".join(texts[:EXAMPLES])
    return [f"{what}: {len(texts)}{of}: {shown}{'; …' if len(texts) > EXAMPLES else ''}"]


def _shown(entries: Iterable[Key]) -> list[str]:
    return sorted(_name(entry) for entry in entries)


def _name(entry: Key) -> str:
    return f"({', '.join(str(part) for part in entry)})"
