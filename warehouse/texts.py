"""The BigQuery texts that the machinery itself needs, made from a contract and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from processors.columns import Column, Type
from processors.contract import Contract, RowCheck
from processors.errors import ContractError
from processors.registry import Processor

SEPARATOR = "CHR(31)"
NULL_MARK = r"'\\N'"


def staging(contract: Contract) -> str:
    return f"`staging.{contract.name}`"


def fixed_text(column: Column) -> str:
    """A column as text that every engine writes alike: whole numbers, UTC microseconds, words."""
    name = column.name
    match column.type:
        case Type.STRING:
            value = name
        case Type.FLOAT64:
            value = f"CAST(CAST(ROUND({name} * {10 ** (column.digits or 0)}) AS INT64) AS STRING)"
        case Type.TIMESTAMP:
            value = f"CAST(UNIX_MICROS({name}) AS STRING)"
        case _:
            value = f"CAST({name} AS STRING)"
    return f"COALESCE({value}, {NULL_MARK})"


def data_hash(contract: Contract) -> str:
    parts = f", {SEPARATOR}, ".join(fixed_text(column) for column in contract.columns)
    return f"TO_HEX(SHA256(CONCAT({parts})))"


def _as_declared(column: Column) -> str:
    match column.type:
        case Type.FLOAT64:
            # Not ROUND(x, digits): Google rounds the binary value there, DuckDB the product.
            scale = 10 ** (column.digits or 0)
            return f"ROUND({column.name} * {scale}) / {scale} AS {column.name}"
        case Type.INT64:
            return f"CAST({column.name} AS INT64) AS {column.name}"
        case _:
            return column.name


def row_checks(contract: Contract) -> Iterator[RowCheck]:
    """The contract's own checks, after those that its columns imply."""
    for column in contract.columns:
        if not column.nullable:
            yield RowCheck(name=f"{column.name}_is_null", bad_when=f"{column.name} IS NULL")
        yield from value_checks(column)
    yield from contract.row_checks


def value_checks(column: Column) -> Iterator[RowCheck]:
    """What the column's range and words forbid."""
    name = column.name
    bounds = []
    if column.minimum is not None:
        bounds.append(f"{name} < {column.minimum:g}")
    if column.maximum is not None:
        bounds.append(f"{name} > {column.maximum:g}")
    if bounds:
        yield RowCheck(name=f"{name}_out_of_range", bad_when=" OR ".join(bounds))
    if column.one_of:
        words = ", ".join(f"'{word}'" for word in column.one_of)
        yield RowCheck(name=f"{name}_unknown_word", bad_when=f"{name} NOT IN ({words})")


@cache
def stage(processor: Processor) -> str:
    """The statement's rows, rounded as declared, hashed, the bad ones marked with the reason."""
    contract = processor.contract
    rounded = ",\n    ".join(_as_declared(one) for one in contract.columns)
    kept = ",\n  ".join(one.name for one in contract.columns)
    cases = "\n    ".join(
        f"WHEN {check.bad_when} THEN '{check.name}'" for check in row_checks(contract)
    )
    return (
        f"WITH computed AS (\n{processor.statement.text}\n),\n"
        f"rounded AS (\n  SELECT\n    {rounded}\n  FROM computed\n)\n"
        f"SELECT\n  {kept},\n  {data_hash(contract)} AS data_hash,\n"
        f"  CASE\n    {cases}\n  END AS quarantine_reason\nFROM rounded"
    )


@cache
def doubled_keys(contract: Contract) -> str:
    key = ", ".join(contract.key)
    return f"SELECT {key} FROM {staging(contract)} GROUP BY {key} HAVING COUNT(*) > 1"


@cache
def examination(contract: Contract) -> str:
    """One row a date: staged, good, findings, table checks, canaries in the contract's order."""
    good = "quarantine_reason IS NULL"
    counted = [f"COUNTIF({good} AND ({one.counts_when}))" for one in contract.findings]
    facts = ",\n  ".join(["COUNT(*)", f"COUNTIF({good})", *counted])
    checks = ",\n  ".join([*(one.fails_when for one in contract.table_checks), *canaries(contract)])
    return (
        f"SELECT {contract.date_column} AS day,\n  {facts}"
        + (f",\n  {checks}" if checks else "")
        + f"\nFROM {staging(contract)}\nGROUP BY {contract.date_column}"
    )


def canaries(contract: Contract) -> list[str]:
    return [
        f"COUNT({one.column}) >= {one.minimum_rows} AND MIN({one.column}) = MAX({one.column})"
        for one in contract.canaries
    ]


@cache
def coverage(contract: Contract) -> str:
    """Expected entities by date and reason for leaving out, with how many were written."""
    key = " AND ".join(f"staged.{name} = expected.{name}" for name in contract.key)
    return (
        f"WITH expected AS ({contract.expected})\n"
        f"SELECT expected.{contract.date_column} AS day, expected.left_out_reason,\n"
        f"  COUNT(*) AS entities, COUNT(staged.{contract.date_column}) AS written\n"
        f"FROM expected\nLEFT JOIN {staging(contract)} AS staged\n"
        f"  ON {key} AND staged.quarantine_reason IS NULL\n"
        f"GROUP BY expected.{contract.date_column}, expected.left_out_reason"
    )


@cache
def quarantine_examples(contract: Contract) -> str:
    """Bad rows by date and reason, with one key as an example."""
    key = ", ' ', ".join(f"COALESCE(CAST({name} AS STRING), 'NULL')" for name in contract.key)
    return (
        f"SELECT {contract.date_column} AS day, quarantine_reason, COUNT(*) AS bad,"
        f" MIN(CONCAT({key})) AS example\nFROM {staging(contract)}\n"
        f"WHERE quarantine_reason IS NOT NULL\nGROUP BY day, quarantine_reason"
    )


@cache
def games_present(contract: Contract) -> str:
    """Final games by date, those of which the table holds both teams, and those held whole."""
    presence = contract.presence
    if presence is None:
        raise ContractError(f"{contract.table} says nothing of how a game shows in it")
    points = f"SUM({presence.points_column})" if presence.points_column else "CAST(NULL AS INT64)"
    return f"""
WITH games AS (
  SELECT game_id, game_date, home_team, away_team, home_score, away_score
  FROM `nba_raw.schedule`
  WHERE game_date >= @first_date AND game_date <= @last_date
    AND status = 'final' AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
sides AS (
  SELECT game_id, {presence.team_column} AS team, COUNT(*) AS held, {points} AS points
  FROM `{contract.table}`
  WHERE {contract.date_column} >= @first_date AND {contract.date_column} <= @last_date
  GROUP BY game_id, {presence.team_column}
)
SELECT games.game_date, COUNT(*) AS final_games,
  COUNTIF(home.held > 0 AND away.held > 0) AS games_held,
  COUNTIF(
    (home.held >= {presence.rows_per_team} OR home.points = games.home_score)
    AND (away.held >= {presence.rows_per_team} OR away.points = games.away_score)) AS games_whole
FROM games
LEFT JOIN sides AS home ON home.game_id = games.game_id AND home.team = games.home_team
LEFT JOIN sides AS away ON away.game_id = games.game_id AND away.team = games.away_team
GROUP BY games.game_date"""
