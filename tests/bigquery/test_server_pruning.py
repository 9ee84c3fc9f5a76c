"""Which predicates prune partitions, as bytes show and as require_partition_filter demands."""

from __future__ import annotations

import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.bigquery.conftest import FIRST, SECOND, given

# of points: 8 bytes in each of a, b, c; of game_date: 8 in each of four rows
ALL, ONE, TWO = 24 + 32, 8 + 8, 16 + 16

PRUNING = [
    ("game_date = '2024-01-02'", TWO),
    ("game_date = DATE '2024-01-02'", TWO),
    ("DATE '2024-01-02' = game_date", TWO),
    ("game_date = @day", TWO),
    ("game_date = DATE_SUB(@day, INTERVAL 1 DAY)", ONE),
    ("game_date = DATE_ADD(@first, INTERVAL 1 DAY)", TWO),
    ("game_date BETWEEN @first AND @first", ONE),
    ("game_date IN ('2024-01-01', '2024-01-03')", ONE + 8),
    ("game_date IN UNNEST(@days)", ONE + TWO),
    ("game_date < '2024-01-02'", ONE),
    ("@day > game_date", ONE),
    ("game_date >= @first AND game_date < @day", ONE),
    ("(game_date = @first OR game_date = @day)", ONE + TWO),
    ("(game_date = @first AND points > 1 OR game_date = @day)", ONE + TWO),
    ("points > 0 AND game_date = @day", TWO),
    ("game_date IS NULL", 0),
    # understood as a filter, but its value isn't: no partition is left out
    ("game_date = CURRENT_DATE()", ALL),
]
USELESS = [
    "TRUE",
    "points = 4",
    "DATE_ADD(game_date, INTERVAL 1 DAY) = @day",
    "CAST(game_date AS STRING) = '2024-01-02'",
    "EXTRACT(YEAR FROM game_date) = 2024",
    "game_date = @day OR points = 1",
    "game_date = (SELECT MAX(d) FROM UNNEST([@day]) AS d)",
    "NOT game_date = @day",
]
THROUGH = [
    "SELECT points FROM (SELECT * FROM `{}`) WHERE game_date = @day",
    "WITH c AS (SELECT game_date AS d, points FROM `{}`) SELECT points FROM c WHERE d = @day",
    "SELECT SUM(points) FROM (SELECT game_date, SUM(points) AS points FROM `{}` GROUP BY game_date)"
    " WHERE game_date = @day",
    "SELECT points FROM (SELECT * FROM `{0}` UNION ALL SELECT * FROM `{0}`) WHERE game_date = @day",
    "SELECT g.points FROM `{}` AS g JOIN (SELECT 1 AS one) ON g.game_date = @day",
    "SELECT g.points FROM (SELECT 1 AS one) LEFT JOIN `{}` AS g ON g.game_date = @day",
    "SELECT points FROM (SELECT points, game_date, ROW_NUMBER() OVER (PARTITION BY game_date"
    " ORDER BY points) AS n FROM `{}`) WHERE game_date = @day",
]
NOT_THROUGH = [
    "SELECT points FROM (SELECT * FROM `{}` LIMIT 9) WHERE game_date = @day",
    "SELECT g.points FROM `{}` AS g LEFT JOIN (SELECT 1 AS one) ON g.game_date = @day",
    "SELECT g.points FROM `{}` AS g JOIN (SELECT @day AS d) AS s ON g.game_date = s.d",
    "WITH c AS (SELECT * FROM `{}`) SELECT points FROM c UNION ALL SELECT points FROM c"
    " WHERE game_date = @day OR EXTRACT(YEAR FROM game_date) = points",
    "SELECT points FROM (SELECT points, game_date, ROW_NUMBER() OVER (ORDER BY points) AS n"
    " FROM `{}`) WHERE game_date = @day",
]


@pytest.fixture
def dry(client):
    def processed(sql):
        values = {"day": SECOND, "first": FIRST}
        used = {name: ("DATE", value) for name, value in values.items() if f"@{name}" in sql}
        if "@days" in sql:
            used = {"days": ("DATE", [FIRST, SECOND])}
        config = bigquery.QueryJobConfig(dry_run=True, query_parameters=given(**used))
        return client.query(sql, job_config=config).total_bytes_processed

    return processed


@pytest.fixture
def strict(client, games):
    table = client.get_table(games)
    table.require_partition_filter = True
    client.update_table(table, ["require_partition_filter"])
    return games


class TestBytes:
    @pytest.mark.parametrize(("where", "expected"), PRUNING)
    def test_pruned(self, dry, games, where, expected):
        assert dry(f"SELECT points FROM `{games}` WHERE {where}") == expected

    @pytest.mark.parametrize("sql", THROUGH)
    def test_pruned_through(self, dry, games, sql):
        assert dry(sql.format(games)) == TWO

    @pytest.mark.parametrize("sql", NOT_THROUGH)
    def test_not_pruned_through(self, dry, games, sql):
        assert dry(sql.format(games)) == ALL

    def test_dml(self, dry, games):
        """Rows that are changed are read whole: b and c, with a text of one letter each."""
        whole = 2 * 3 + 2 * 8 + 2 * 8 + 8
        assert dry(f"DELETE FROM `{games}` WHERE game_date = @day") == whole
        assert dry(f"UPDATE `{games}` SET points = 1 WHERE game_date = @day") == whole
        merge = f"MERGE `{games}` AS t USING (SELECT 1 AS one) AS s ON t.game_date = @day WHEN"
        assert dry(f"{merge} MATCHED THEN DELETE") == whole
        inserting = f"{merge} NOT MATCHED THEN INSERT (points) VALUES (s.one)"
        assert dry(inserting) == 16
        assert dry(f"INSERT INTO `{games}` (points) SELECT 1") == 0
        assert dry(f"INSERT INTO `{games}` (points) SELECT points FROM `{games}`") == 24

    @pytest.mark.parametrize(
        ("sql", "expected"),
        [
            ("SELECT points FROM (SELECT * FROM `{}`)", 24),
            ("WITH c AS (SELECT *, points + pace AS z FROM `{}`) SELECT points FROM c", 24),
            ("SELECT 1 FROM `{}` ORDER BY points", 24),
            ("SELECT 1 FROM `{0}` AS a JOIN `{0}` AS b ON a.points = b.points", 24),
            ("SELECT game_date, COUNT(*) FROM `{}` GROUP BY game_date", 32),
            ("SELECT EXISTS (SELECT 1 FROM `{}` WHERE points = 1)", 24),
            ("SELECT ROW_NUMBER() OVER (ORDER BY points) FROM `{}`", 24),
            ("SELECT points FROM `{0}` UNION DISTINCT SELECT points FROM `{0}`", 24),
            ("SELECT points FROM `{}` QUALIFY COUNT(*) OVER (PARTITION BY game_date) > 1", 56),
            ("SELECT s.points FROM (SELECT STRUCT(points, pace) AS s FROM `{}`)", 48),
        ],
    )
    def test_columns(self, dry, games, sql, expected):
        assert dry(sql.format(games)) == expected


class TestRequired:
    """require_partition_filter: what can't prune is refused, in BigQuery's words."""

    @pytest.mark.parametrize("where", [where for where, _ in PRUNING])
    def test_enough(self, dry, strict, where):
        dry(f"SELECT points FROM `{strict}` WHERE {where}")

    @pytest.mark.parametrize("where", USELESS)
    def test_not_enough(self, dry, strict, where):
        name = f"tipoff-test.{strict}"
        message = (
            f"Cannot query over table '{name}' without a filter over column\\(s\\) 'game_date'"
            " that can be used for partition elimination"
        )
        with pytest.raises(exceptions.BadRequest, match=message):
            dry(f"SELECT points FROM `{strict}` WHERE {where}")

    def test_of_every_scan(self, dry, strict):
        sql = f"SELECT 1 FROM `{strict}` AS a JOIN `{strict}` AS b USING (game_date)"
        with pytest.raises(exceptions.BadRequest, match="partition elimination"):
            dry(f"{sql} WHERE a.game_date = @day")
        dry(f"{sql} WHERE a.game_date = @day AND b.game_date = @day")

    def test_dml(self, dry, strict):
        for sql in (
            f"DELETE FROM `{strict}` WHERE points = 1",
            f"UPDATE `{strict}` SET points = 1 WHERE points = 2",
            f"MERGE `{strict}` AS t USING (SELECT 1 AS points) AS s ON t.points = s.points"
            " WHEN MATCHED THEN DELETE",
        ):
            with pytest.raises(exceptions.BadRequest, match="partition elimination"):
                dry(sql)
        dry(
            f"MERGE `{strict}` AS t USING (SELECT 1 AS points) AS s"
            " ON t.points = s.points AND t.game_date = @day WHEN MATCHED THEN DELETE"
        )
        dry(f"INSERT INTO `{strict}` (points) VALUES (1)")
