"""People between the desk and Python: distinct ids and names only, never rows."""

from __future__ import annotations

from pathlib import Path

from league.importing.people import People, Spelling, people
from league.importing.rules import Mapping
from league.importing.tables import TABLES
from league.lookup import player_lookup
from warehouse.files import Desk


def about_players(stages: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The stages whose rows are about a player, each with its table."""
    return [
        (table, stage)
        for table, names in stages.items()
        if "player_lookup" in TABLES[table].column_names
        for stage in names
    ]


def gather(desk: Desk, rules: Mapping, stages: dict[str, list[str]]) -> People:
    """Collect every spelling of every id from all staged rows."""
    about_people = [
        f"""
        SELECT _identity, _name,
          {"game_id" if "game_id" in TABLES[table].column_names else "NULL"} AS game_id,
          {str(table == "player_boxscores").upper()} AS in_boxscore
        FROM {stage}
        WHERE _identity IS NOT NULL AND _name IS NOT NULL
        """
        for table, stage in about_players(stages)
    ]
    if not about_people:
        return people(())
    rows = desk.rows(
        f"""
        SELECT s._identity, s._name, g.season_year, s.in_boxscore, max(g.game_date), count(*)
        FROM ({" UNION ALL ".join(about_people)}) AS s
        LEFT JOIN games AS g USING (game_id)
        GROUP BY ALL
        ORDER BY ALL
        """
    )
    spellings = [Spelling(*row) for row in rows if player_lookup(row[1])]
    return people(spellings, names=rules.names, aliases=rules.aliases)


def put(desk: Desk, who: People, stages: dict[str, list[str]]) -> None:
    """Make the tables `identities` and `spelled` that rows are resolved with."""
    unnamed = [
        f"SELECT _name FROM {stage} WHERE _name IS NOT NULL AND _identity IS NULL"
        for _, stage in about_players(stages)
    ]
    names = [name for (name,) in desk.rows(" UNION ".join(unnamed))] if unnamed else []
    found = {name: who.find(name) for name in names}
    resolved = {name: lookup for name, lookup in found.items() if lookup is not None}
    two_columns(desk, "identities", ("identity", "player_lookup"), dict(who.lookups))
    two_columns(desk, "spelled", ("name", "player_lookup"), resolved)


def two_columns(desk: Desk, table: str, columns: tuple[str, str], rows: dict[str, str]) -> None:
    desk.run(
        f"CREATE OR REPLACE TABLE {table} AS SELECT"
        f" unnest(CAST($left AS VARCHAR[])) AS {columns[0]},"
        f" unnest(CAST($right AS VARCHAR[])) AS {columns[1]}",
        {"left": list(rows), "right": list(rows.values())},
    )


def write_players(desk: Desk, who: People, path: Path) -> int:
    """Write everyone, with what a source of its own says of birth date and position."""
    desk.run(
        """
        CREATE OR REPLACE TABLE persons AS SELECT
          unnest(CAST($lookups AS VARCHAR[])) AS player_lookup,
          unnest(CAST($names AS VARCHAR[])) AS player_name,
          NULLIF(unnest(CAST($aliases AS VARCHAR[])), '') AS aliases,
          unnest(CAST($identities AS VARCHAR[])) AS source_ids
        """,
        {
            "lookups": [one.player_lookup for one in who.persons],
            "names": [one.player_name for one in who.persons],
            "aliases": [" ".join(one.aliases) for one in who.persons],
            "identities": [" ".join(one.identities) for one in who.persons],
        },
    )
    known = desk.has("settled_players")
    about = (
        "(SELECT player_lookup, birth_date, position FROM settled_players"
        " WHERE _reason IS NULL AND NOT _copy)"
        if known
        else "(SELECT NULL AS player_lookup, NULL AS birth_date, NULL AS position)"
    )
    query = (
        "SELECT p.*, a.birth_date, a.position"
        f" FROM persons AS p LEFT JOIN {about} AS a USING (player_lookup)"
    )
    return desk.write(query, TABLES["players"], path)
