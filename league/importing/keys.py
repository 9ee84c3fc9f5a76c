"""One row a key: identical copies collapse, different ones are refused or end the import."""

from __future__ import annotations

from league.importing.errors import ImportRefused
from league.importing.expressions import quoted
from league.importing.tables import SNAPSHOTS, TABLES
from warehouse.files import Desk

AMBIGUOUS = "ambiguous: different values of one key"


def settle(desk: Desk, table: str) -> None:
    """Make `settled_<table>`: resolved rows, copies marked by `_copy`, ambiguous ones refused."""
    contract = TABLES[table]
    key = ", ".join(contract.key)
    # The spelling of a name is no statement about the game.
    values = ", ".join(one for one in contract.column_names if one != "player_name")
    same = " AND ".join(f"r.{one} = d.{one}" for one in contract.key)
    desk.run(
        f"""
        CREATE OR REPLACE TABLE doubled AS
        WITH several AS (
          SELECT {key} FROM resolved_{table} WHERE _reason IS NULL GROUP BY ALL HAVING count(*) > 1
        ),
        numbered AS (
          SELECT {key}, _file, _row, hash(({values})) AS content
          FROM resolved_{table} SEMI JOIN several USING ({key})
          WHERE _reason IS NULL
        )
        SELECT {key}, _file, _row,
          count(DISTINCT content) OVER (PARTITION BY {key}) > 1 AS differs,
          row_number() OVER (PARTITION BY {key} ORDER BY _file, _row) > 1 AS is_copy
        FROM numbered
        """
    )
    if table not in SNAPSHOTS:
        contradiction(desk, table)
    desk.run(
        f"""
        CREATE OR REPLACE TABLE settled_{table} AS
        SELECT r.* REPLACE (
            CASE WHEN d.differs THEN {quoted(AMBIGUOUS)} ELSE r._reason END AS _reason
          ),
          coalesce(d.is_copy AND NOT d.differs, FALSE) AS _copy
        FROM resolved_{table} AS r
        LEFT JOIN doubled AS d ON d._file = r._file AND d._row = r._row AND {same}
        """
    )
    desk.run(f"DROP TABLE resolved_{table}")


def contradiction(desk: Desk, table: str) -> None:
    """End the import where a source says two things of one game, or of one player in it."""
    key = TABLES[table].key
    rows = desk.rows(
        f"""
        SELECT {", ".join(f"CAST(r.{one} AS VARCHAR)" for one in key)},
          r._file, r._name, r._identity
        FROM doubled AS d
        JOIN resolved_{table} AS r ON r._file = d._file AND r._row = d._row
        WHERE d.differs
        ORDER BY {", ".join(f"r.{one}" for one in key)}, r._file, r._row
        LIMIT 2
        """
    )
    if not rows:
        return
    told = ", ".join(f"{name} {value}" for name, value in zip(key, rows[0], strict=False))
    who = " and ".join(
        f"{file.rsplit('/', 1)[-1]}{f' ({name}, {identity})' if name else ''}"
        for *_, file, name, identity in rows
    )
    raise ImportRefused(
        f"{table}: two different rows for {told}: {who}. Keep the right one.", table=table
    )
