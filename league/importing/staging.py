"""One batch as rows of its raw table: values read, and the first thing that is wrong with each."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from league.importing import reading
from league.importing.errors import MappingError
from league.importing.expressions import Reading, identifier, in_text, quoted, text_of
from league.importing.expressions import reading as read_column
from league.importing.folder import Batch
from league.importing.rules import Mapping, PlayerRule, RefuseRule
from league.importing.tables import TABLES
from processors.errors import WarehouseFailed
from warehouse.files import DUCKDB_TYPES, Desk

Fault = tuple[str, str, str]
"""A reason, the SQL condition under which it holds, and SQL for what to show of it."""


def stage(desk: Desk, mapping: Mapping, batch: Batch, *, source: str, name: str) -> None:
    """Read a table of source rows into one with the contract's columns, `_reason` and `_detail`."""
    rule = batch.source
    faults: list[Fault] = []
    if rule.pair is not None:
        reading.pair(desk, rule.pair, source=source, name=f"{source}_pairs")
        source = f"{source}_pairs"
        shown = identifier(f"home.{rule.pair.column}")
        faults.append(("not one home and one away row of the game", "NOT _is_pair", shown))
    kinds = reading.kinds(desk, source)
    faults += [refusal(one, kinds) for one in rule.refuse]
    columns: dict[str, Reading] = {}
    for column in TABLES[rule.table].columns:
        if column.name in rule.columns:
            one = read_column(column, rule.columns[column.name], kinds, shared=mapping.values)
            faults += [(reason, fault, one.raw) for reason, fault in one.faults]
        else:
            one = Reading(f"CAST(NULL AS {DUCKDB_TYPES[column.type]})")
        columns[column.name] = one
    picked = ", ".join(f"{one.value} AS {name}" for name, one in columns.items())
    identity, player_name = who(rule.player, kinds)
    statement = f"""
        CREATE OR REPLACE TABLE {name} AS
        SELECT {picked}, {identity} AS _identity, {player_name} AS _name, _file, _row,
          {str(rule.closing).upper()} AS _closing,
          {first(faults, 1)} AS _reason, {first(faults, 2)} AS _detail
        FROM {source}
        """
    try:
        desk.run(statement)
    except WarehouseFailed as error:
        files = ", ".join(file.path.name for file in batch.files[:3])
        raise MappingError(
            f"The mapping's rules for {rule.table} cannot be run on {files}: {error}"
        ) from error


def first(faults: Sequence[Fault], part: int) -> str:
    """The reason (1) or the detail (2) of the first fault that holds."""
    if not faults:
        return "CAST(NULL AS VARCHAR)"
    cases = " ".join(
        f"WHEN {condition} THEN {quoted(reason) if part == 1 else f'CAST({shown} AS VARCHAR)'}"
        for reason, condition, shown in faults
    )
    return f"CASE {cases} END"


def refusal(rule: RefuseRule, kinds: Dictionary[str, str]) -> Fault:
    """A refusal of the mapping as a condition."""
    text = text_of(rule.column, kinds[rule.column.casefold()])
    shown = f"concat({quoted(rule.column + '=')}, {text})"
    if rule.missing:
        return rule.reason, f"({text}) IS NULL", shown
    listed = ", ".join(quoted(in_text(one).lower()) for one in rule.equals or rule.differs or ())
    within = f"coalesce(lower({text}) IN ({listed}), FALSE)"
    return rule.reason, within if rule.equals is not None else f"NOT {within}", shown


def who(rule: PlayerRule | None, kinds: Dictionary[str, str]) -> tuple[str, str]:
    """The person's id as `provider:id` and his name as written."""
    if rule is None:
        return "CAST(NULL AS VARCHAR)", "CAST(NULL AS VARCHAR)"
    parts = ", ".join(text_of(one, kinds[one.casefold()]) for one in rule.name)
    name = f"NULLIF(concat_ws(' ', {parts}), '')"
    if rule.id is None:
        return "CAST(NULL AS VARCHAR)", name
    return f"{quoted(rule.provider + ':')} || {text_of(rule.id, kinds[rule.id.casefold()])}", name
