"""Staged rows held against what is known of games and people, and against their contract."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from league.importing.staging import Fault, first
from league.importing.tables import COUNTED_PHASES, ROW_CHECKS, TABLES, UNKNOWN_PLAYER
from processors.columns import Column, Type
from warehouse.files import Desk

BOOKKEEPING = ("_identity", "_name", "_file", "_row")
COUNTED = ", ".join(f"'{phase}'" for phase in COUNTED_PHASES)

SCHEDULE_FILLS = {
    "status": (
        "coalesce(s.status, CASE WHEN s.home_score IS NOT NULL AND s.away_score IS NOT NULL"
        " THEN 'final' ELSE 'scheduled' END)"
    ),
    "boxscore_expected": (
        "coalesce(s.boxscore_expected, s.season_phase IN"
        f" ({COUNTED}) AND coalesce(s.status, 'final') NOT IN ('cancelled', 'postponed'))"
    ),
}

PLAYER_FILLS = {
    "player_lookup": "coalesce(i.player_lookup, n.player_lookup)",
    "player_name": "coalesce(s.player_name, s._name)",
}

GAME_FILLS = PLAYER_FILLS | {
    "game_date": "coalesce(s.game_date, g.game_date)",
    "opponent": (
        "CASE s.team WHEN g.home_team THEN g.away_team WHEN g.away_team THEN g.home_team END"
    ),
    "is_home": "s.team = g.home_team",
    "captured_at": (
        "CASE WHEN s.captured_at IS NULL AND s._closing"
        " THEN g.tipoff_at - INTERVAL 1 SECOND ELSE s.captured_at END"
    ),
    "captured_at_inferred": "s.captured_at IS NULL",
}
"""What the schedule knows of a row, so that no source has to say it and none can contradict it."""

PLAYER_JOINS = """
  LEFT JOIN identities AS i ON i.identity = s._identity
  LEFT JOIN spelled AS n ON n.name = s._name AND i.identity IS NULL
"""
GAME_JOINS = "LEFT JOIN games AS g ON g.game_id = s.game_id" + PLAYER_JOINS


def resolve_schedule(desk: Desk, stages: Sequence[str]) -> None:
    """Make `resolved_schedule` of the staged schedule rows."""
    resolve(desk, "schedule", stages, fills=SCHEDULE_FILLS, joins="", faults=[])


def resolve_players(desk: Desk, stages: Sequence[str]) -> None:
    """Make `resolved_players` of what the sources say of the people themselves."""
    nobody = [(UNKNOWN_PLAYER, "coalesce(i.player_lookup, n.player_lookup) IS NULL", "s._identity")]
    resolve(desk, "players", stages, fills=PLAYER_FILLS, joins=PLAYER_JOINS, faults=nobody)


def resolve_table(desk: Desk, table: str, stages: Sequence[str]) -> None:
    """Make `resolved_<table>` of staged rows about games."""
    columns = TABLES[table].column_names
    both = "concat({0}, ' here, ', {1}, ' in the schedule')"
    faults: list[Fault] = [
        ("the game is not in the schedule", "g.game_id IS NULL", "NULL"),
        (
            "the date is not the schedule's",
            "s.game_date <> g.game_date",
            both.format("s.game_date", "g.game_date"),
        ),
    ]
    if "team" in columns:
        teams = "concat(s.team, ' in ', g.away_team, ' at ', g.home_team)"
        faults.append(
            ("the team is not in the game", "s.team NOT IN (g.home_team, g.away_team)", teams)
        )
    if "is_home" in columns:
        elsewhere = (
            "s.is_home <> (s.team = g.home_team) OR s.opponent NOT IN (g.home_team, g.away_team)"
            " OR s.opponent = s.team"
        )
        faults.append(("home or opponent is not the schedule's", elsewhere, "s.team"))
    if "player_lookup" in columns:
        nobody = "coalesce(i.player_lookup, n.player_lookup) IS NULL"
        faults.append((UNKNOWN_PLAYER, nobody, "s._identity"))
    if "captured_at" in columns:
        untimed = "s._closing AND s.captured_at IS NULL AND g.tipoff_at IS NULL"
        faults.append(("a closing line of a game without tip-off", untimed, "NULL"))
    resolve(desk, table, stages, fills=GAME_FILLS, joins=GAME_JOINS, faults=faults)


def resolve(
    desk: Desk,
    table: str,
    stages: Sequence[str],
    *,
    fills: Dictionary[str, str],
    joins: str,
    faults: Sequence[Fault],
) -> None:
    """Fill the columns, then say of each row the first thing that keeps it out, if any."""
    contract = TABLES[table]
    picked = ", ".join(
        f"{fills.get(column.name, f's.{column.name}')} AS {column.name}"
        for column in contract.columns
    )
    kept = ", ".join(f"s.{name}" for name in BOOKKEEPING)
    staged = [("_", "s._reason IS NOT NULL", "s._detail"), *faults]
    reason = first(staged, 1).replace("THEN '_'", "THEN s._reason", 1)
    checks = [fault for column in contract.columns for fault in column_faults(column)]
    checks += [(why, condition, "NULL") for why, condition in ROW_CHECKS.get(table, ())]
    early = [("_", "_reason IS NOT NULL", "_detail"), *checks]
    late = first(early, 1).replace("THEN '_'", "THEN _reason", 1)
    rows = " UNION ALL ".join(f"SELECT * FROM {stage}" for stage in stages)
    desk.run(
        f"""
        CREATE OR REPLACE TABLE resolved_{table} AS
        WITH filled AS (
          SELECT {picked}, {kept}, {reason} AS _reason, {first(staged, 2)} AS _detail
          FROM ({rows}) AS s {joins}
        )
        SELECT * REPLACE ({late} AS _reason, {first(early, 2)} AS _detail) FROM filled
        """
    )
    for stage in stages:
        desk.run(f"DROP TABLE {stage}")


def column_faults(column: Column) -> list[Fault]:
    """What the contract forbids in a column."""
    name = column.name
    faults: list[Fault] = []
    if not column.nullable:
        faults.append((f"{name} is unknown", f"{name} IS NULL", "NULL"))
    if column.one_of:
        listed = ", ".join(f"'{one}'" for one in column.one_of)
        faults.append((f"{name} is none of its values", f"{name} NOT IN ({listed})", name))
    if column.type in (Type.INT64, Type.FLOAT64):
        if column.minimum is not None:
            faults.append((f"{name} is too small", f"{name} < {column.minimum}", name))
        if column.maximum is not None:
            faults.append((f"{name} is too large", f"{name} > {column.maximum}", name))
    return faults
