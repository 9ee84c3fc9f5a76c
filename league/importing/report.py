"""What an import did with each row of each file, so that nothing is lost in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from league.importing.expressions import quoted
from league.importing.tables import FLAGS, SHOWN, TABLES, UNKNOWN_PLAYER
from warehouse.files import Desk

EXAMPLES = 3


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Rows that were not taken for one reason, with a few of them."""

    reason: str
    rows: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """One file: every row read was taken, refused, a copy, or merged into its game's other row."""

    file: str
    table: str
    read: int
    taken: int = 0
    merged: int = 0
    duplicates: int = 0
    refused: tuple[Refusal, ...] = ()
    flags: Mapping[str, int]

    @property
    def refused_rows(self) -> int:
        return sum(one.rows for one in self.refused)


@dataclass(frozen=True, kw_only=True)
class UnresolvedName:
    """A name that means nobody whom the sources know, or more than one."""

    name: str
    file: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """The whole import: what was read, what became of it, and the files to load."""

    mapping: str
    files: Mapping[str, Path]
    rows: Mapping[str, int]
    sources: tuple[FileReport, ...]
    unresolved: tuple[UnresolvedName, ...]
    findings: tuple[str, ...]
    ignored: tuple[str, ...]


def report_files(
    desk: Desk, table: str, read: Mapping[str, int], copies: Mapping[str, int]
) -> tuple[FileReport, ...]:
    """Count `settled_<table>` by file, given the rows and the early dropped copies of each file."""
    flags = FLAGS.get(table, {})
    counts = "".join(
        f", count(*) FILTER (_taken AND ({condition})) AS {name}"
        for name, condition in flags.items()
    )
    counted = desk.rows(
        f"""
        SELECT _file, count(*), count(*) FILTER (_taken), count(*) FILTER (_copy){counts}
        FROM (SELECT *, _reason IS NULL AND NOT _copy AS _taken FROM settled_{table})
        GROUP BY _file
        """
    )
    found = {row[0]: row[1:] for row in counted}
    refused = refusals(desk, table)
    reports = []
    for file, rows in sorted(read.items()):
        staged, taken, collapsed, *flagged = found.get(file, (0, 0, 0))
        early = copies.get(file, 0)
        reports.append(
            FileReport(
                file=Path(file).name,
                table=table,
                read=rows,
                taken=taken,
                merged=rows - early - staged,
                duplicates=early + collapsed,
                refused=refused.get(file, ()),
                flags={name: n for name, n in zip(flags, flagged, strict=False) if n},
            )
        )
    return tuple(reports)


def refusals(desk: Desk, table: str) -> dict[str, tuple[Refusal, ...]]:
    """The refused rows of each file by reason, the most frequent first."""
    key = [name for name in TABLES[table].key if name != "player_lookup"]
    shown = [*key, *SHOWN.get(table, ())]
    parts = ", ".join(f"'{name}=' || CAST({name} AS VARCHAR)" for name in shown)
    example = f"concat_ws(', ', {parts + ', ' if parts else ''}_name, _detail)"
    rows = desk.rows(
        f"""
        SELECT _file, _reason, count(*) AS rows, min(DISTINCT {example}, {EXAMPLES})
        FROM settled_{table}
        WHERE _reason IS NOT NULL
        GROUP BY _file, _reason
        ORDER BY _file, rows DESC, _reason
        """
    )
    found: dict[str, tuple[Refusal, ...]] = {}
    for file, reason, count, examples in rows:
        one = Refusal(reason=reason, rows=count, examples=tuple(dict.fromkeys(examples)))
        found[file] = (*found.get(file, ()), one)
    return found


def unresolved_names(desk: Desk, table: str) -> tuple[UnresolvedName, ...]:
    """The names that no person was found for."""
    rows = desk.rows(
        f"""
        SELECT coalesce(_name, _identity, '(no name)') AS name, _file, count(*)
        FROM settled_{table}
        WHERE _reason = {quoted(UNKNOWN_PLAYER)}
        GROUP BY ALL
        ORDER BY ALL
        """
    )
    return tuple(
        UnresolvedName(name=name, file=Path(file).name, rows=count) for name, file, count in rows
    )
