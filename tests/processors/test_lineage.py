"""The product's lineage against the linters', which was written by itself."""

from __future__ import annotations

from processors.lineage import Lineage, columns_made_of
from processors.registry import Registry
from processors.statement import Statement

from .lineage import origins, steps

LONG_WAY = """
WITH games AS (
  SELECT game_id, points + assists AS sum_of_two, 1 AS nothing
  FROM `nba_raw.boxes`
  UNION ALL
  SELECT game_id, rebounds, fouls
  FROM `nba_raw.other`
)
SELECT games.game_id, IF(shots.made, games.sum_of_two, NULL) AS value, games.nothing
FROM games
JOIN `nba_raw.shots` AS shots ON shots.game_id = games.game_id AND shots.zone = 'paint'
"""


def test_expressions() -> None:
    """Through a UNION by place, conditions included, joins not."""
    assert columns_made_of(Statement(LONG_WAY)) == {
        "game_id": {("nba_raw.boxes", "game_id"), ("nba_raw.other", "game_id")},
        "value": {
            ("nba_raw.shots", "made"),
            ("nba_raw.boxes", "points"),
            ("nba_raw.boxes", "assists"),
            ("nba_raw.other", "rebounds"),
        },
        "nothing": {("nba_raw.other", "fouls")},
    }


def test_house(registry: Registry) -> None:
    """Every column of every table."""
    lineage = Lineage(registry)
    known = steps(registry)
    asked = 0
    for processor in registry:
        for name in processor.contract.column_names:
            expected = {
                node for node in origins((processor.table, name), known) if "_raw." in node[0]
            }
            assert lineage.raw_columns(processor.table, name) == expected, (processor.table, name)
            asked += bool(expected)
    assert asked > 400
