"""Files onto the desk: the rows as they are, each with the file and the place it came from."""

from __future__ import annotations

from league.importing.errors import ImportRefused
from league.importing.expressions import identifier, quoted, text_of
from league.importing.folder import Batch
from league.importing.rules import PairRule
from processors.errors import WarehouseFailed
from warehouse.files import Desk


def read(desk: Desk, batch: Batch, name: str) -> None:
    """Make the batch's rows a table with `_file` and `_row`; CSV stays text, as it was written."""
    try:
        desk.read("unnumbered", [file.path for file in batch.files])
    except WarehouseFailed as error:
        names = ", ".join(file.path.name for file in batch.files[:3])
        raise ImportRefused(f"{names} cannot be read: {error}", file=names) from error
    desk.run(f"CREATE OR REPLACE TABLE {name} AS SELECT *, rowid AS _row FROM unnumbered")
    desk.run("DROP TABLE unnumbered")


def kinds(desk: Desk, name: str) -> dict[str, str]:
    """The columns of a table on the desk, folded, with their types."""
    return {column.casefold(): kind for column, kind in desk.columns(name).items()}


def drop_copies(desk: Desk, name: str) -> dict[str, int]:
    """Delete rows that are the same in every column as an earlier one; count them by file."""
    columns = ", ".join(identifier(one) for one in desk.columns(name) if not one.startswith("_"))
    desk.run(
        f"""
        CREATE OR REPLACE TABLE copies AS
        SELECT _row, _file
        FROM {name}
        QUALIFY row_number() OVER (PARTITION BY {columns} ORDER BY _row) > 1
        """
    )
    desk.run(f"DELETE FROM {name} WHERE _row IN (SELECT _row FROM copies)")
    return dict(desk.rows("SELECT _file, count(*) FROM copies GROUP BY _file"))


def pair(desk: Desk, rule: PairRule, *, source: str, name: str) -> None:
    """Join the two rows of each game as `home.` and `away.` columns; flag what has no partner."""
    types = kinds(desk, source)
    columns = [one for one in desk.columns(source) if not one.startswith("_")]
    team = text_of(rule.team, types[rule.team.casefold()])
    matchup = text_of(rule.column, types[rule.column.casefold()])
    home_team = ", ".join(
        f"NULLIF(regexp_extract({matchup}, {quoted(pattern)}, 1), '')" for pattern in rule.home
    )
    sides = ", ".join(
        f"{side}.{identifier(one)} AS {identifier(f'{side}.{one}')}"
        for side in ("home", "away")
        for one in columns
    )
    by = identifier(rule.by)
    desk.run(
        f"""
        CREATE OR REPLACE TABLE {name} AS
        WITH sided AS (SELECT *, coalesce({home_team}) = {team} AS _is_home FROM {source}),
        counted AS (
          SELECT *,
            count(*) FILTER (_is_home) OVER (PARTITION BY {by}) = 1
              AND count(*) FILTER (NOT _is_home) OVER (PARTITION BY {by}) = 1
              AND count(*) OVER (PARTITION BY {by}) = 2 AS _is_pair
          FROM sided
        ),
        home AS (SELECT * FROM counted WHERE NOT _is_pair OR _is_home),
        away AS (SELECT * FROM counted WHERE _is_pair AND NOT _is_home)
        SELECT home.{by}, {sides}, home._row, home._file, home._is_pair
        FROM home LEFT JOIN away ON home._is_pair AND away.{by} = home.{by}
        """
    )
