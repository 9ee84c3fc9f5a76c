"""DML, MERGE and scripts through the real client."""

from __future__ import annotations

import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.bigquery.conftest import SECOND

MERGE = (
    "MERGE `{games}` AS t USING ({source}) AS s ON t.game_id = s.game_id"
    " WHEN MATCHED THEN UPDATE SET points = s.points, game_date = s.game_date"
    " WHEN NOT MATCHED THEN INSERT (game_id, game_date, points)"
    " VALUES (s.game_id, s.game_date, s.points)"
    " WHEN NOT MATCHED BY SOURCE AND t.points IS NULL THEN DELETE"
)
SOURCE = (
    "SELECT 'a' AS game_id, DATE '2024-01-05' AS game_date, 30 AS points"
    " UNION ALL SELECT 'z', DATE '2024-01-06', 60"
)
SCRIPT = (
    "BEGIN TRANSACTION;\n"
    "DELETE FROM `{games}` WHERE game_date = @day;\n"
    "INSERT INTO `{games}` (game_id, game_date) VALUES ('x', @day);\n"
    "INSERT INTO `{games}` (game_id, game_date) SELECT 'y', {last};\n"
    "COMMIT TRANSACTION;"
)


def moved(before, after):
    """Partitions whose time of change is another, or that are gone."""
    times = [{part: at for part, (_, at) in one.items()} for one in (before, after)]
    return {
        part
        for part in times[0].keys() | times[1].keys()
        if len({it.get(part) for it in times}) > 1
    }


class TestDml:
    def test_insert(self, run, games, partitions):
        before = partitions(games)
        job = run(
            f"INSERT INTO `{games}` (game_id, game_date, points)"
            " VALUES ('y', @day, 1), ('z', @day, 2)",
            day=("DATE", SECOND),
        )
        assert (job.statement_type, job.num_dml_affected_rows) == ("INSERT", 2)
        assert (job.dml_stats.inserted_row_count, job.dml_stats.deleted_row_count) == (2, 0)
        assert job.destination.table_id == "games"
        assert moved(before, partitions(games)) == {"20240102"}

    def test_update(self, run, games, partitions):
        before = partitions(games)
        job = run(f"UPDATE `{games}` AS g SET points = 0 WHERE g.game_date > '2024-01-01'")
        assert (job.num_dml_affected_rows, job.dml_stats.updated_row_count) == (3, 3)
        assert moved(before, partitions(games)) == {"20240102", "20240103"}

    def test_update_of_the_day(self, run, games, partitions):
        before = partitions(games)
        run(f"UPDATE `{games}` SET game_date = '2024-01-04' WHERE game_id = 'b'")
        assert moved(before, partitions(games)) == {"20240102", "20240104"}

    def test_delete(self, run, games, partitions):
        before = partitions(games)
        job = run(f"DELETE FROM `{games}` WHERE game_date = '2024-01-03'")
        assert (job.statement_type, job.num_dml_affected_rows) == ("DELETE", 1)
        assert moved(before, partitions(games)) == {"20240103"}
        assert run(f"DELETE FROM `{games}` WHERE FALSE").num_dml_affected_rows == 0

    def test_truncate(self, run, client, games):
        assert run(f"TRUNCATE TABLE `{games}`").num_dml_affected_rows == 4
        assert client.get_table(games).num_rows == 0

    def test_rows_without_a_day(self, run, games, partitions):
        run(f"INSERT INTO `{games}` (game_id) VALUES ('z')")
        assert partitions(games)["__NULL__"][0] == 1

    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            ("DELETE FROM `{}`", "must have a WHERE clause"),
            ("INSERT INTO `{}` VALUES ('a')", "must specify a column list"),
            ("INSERT INTO `{}` (points) VALUES ('a')", "cannot be inserted into column"),
            ("UPDATE `{}` SET points = 'a' WHERE TRUE", "cannot be assigned to points"),
            (
                "UPDATE `{0}` AS t SET points = 1 FROM `{0}` AS s WHERE t.game_date = s.game_date",
                "must match at most one source row",
            ),
        ],
    )
    def test_refused(self, run, games, sql, message):
        with pytest.raises(exceptions.BadRequest, match=message):
            run(sql.format(games))


class TestMerge:
    def test_all_three(self, run, ask, games, partitions):
        before = partitions(games)
        job = run(MERGE.format(games=games, source=SOURCE))
        stats = job.dml_stats
        assert (stats.inserted_row_count, stats.updated_row_count, stats.deleted_row_count) == (
            1,
            1,
            1,
        )
        assert job.num_dml_affected_rows == 3
        assert ask(f"SELECT game_id, points FROM {games} ORDER BY 1") == [
            ("a", 30),
            ("b", 4),
            ("c", 5),
            ("z", 60),
        ]
        assert moved(before, partitions(games)) == {
            "20240101",
            "20240103",
            "20240105",
            "20240106",
        }

    def test_two_sources_for_one_row(self, run, games):
        doubled = f"{SOURCE} UNION ALL SELECT 'a', DATE '2024-01-07', 31"
        with pytest.raises(exceptions.BadRequest, match="must match at most one source row"):
            run(MERGE.format(games=games, source=doubled))

    def test_into_a_temporary_name(self, run, ask, games):
        run(
            f"MERGE {games} USING (SELECT 'q' AS game_id) AS s ON FALSE"
            " WHEN NOT MATCHED THEN INSERT (game_id) VALUES (s.game_id)"
        )
        assert ask(f"SELECT COUNT(*) FROM {games}") == [(5,)]


class TestManyPartitions:
    DATES = (
        "INSERT INTO `{}` (game_id, game_date) SELECT 'x', game_date FROM"
        " UNNEST(GENERATE_DATE_ARRAY('2000-01-01', DATE_ADD('2000-01-01', INTERVAL {} DAY)))"
        " AS game_date"
    )

    def test_of_one_statement(self, run, ask, games):
        with pytest.raises(exceptions.BadRequest, match=r"allowed 4000, .* at least 4001"):
            run(self.DATES.format(games, 4000))
        run(self.DATES.format(games, 3999))
        assert ask(f"SELECT COUNT(*) FROM {games} WHERE game_id = 'x'") == [(4000,)]
        with pytest.raises(exceptions.BadRequest, match="allowed 4000"):
            run(f"DELETE FROM {games} WHERE TRUE")

    def test_of_several(self, run, ask, games):
        """Each is a job by itself, in a transaction too."""
        later = self.DATES.format(games, 3999).replace("2000-", "2015-")
        run(f"BEGIN TRANSACTION; {self.DATES.format(games, 3999)}; {later}; COMMIT TRANSACTION;")
        assert ask(f"SELECT COUNT(*) FROM {games} WHERE game_id = 'x'") == [(8000,)]


class TestScripts:
    def test_all(self, run, client, ask, games, partitions):
        before = partitions(games)
        job = run(SCRIPT.format(games=games, last="@day"), day=("DATE", SECOND))
        assert ask(f"SELECT game_id FROM {games} ORDER BY 1") == [("a",), ("d",), ("x",), ("y",)]
        assert moved(before, partitions(games)) == {"20240102"}
        assert (job.statement_type, job.num_child_jobs) == ("SCRIPT", 3)
        children = list(client.list_jobs(parent_job=job))
        assert [one.num_dml_affected_rows for one in reversed(children)] == [2, 1, 1]

    @pytest.mark.parametrize(
        ("last", "message"),
        [
            ("nope", r"Query error: Unrecognized name: nope at \[4:64\]"),
            ("DATE_ADD(@day, INTERVAL CAST(1 / 0 AS INT64) DAY)", "division by zero"),
        ],
    )
    def test_nothing(self, run, ask, games, partitions, last, message):
        before = partitions(games)
        sql = SCRIPT.format(games=games, last=last)
        where = sql.splitlines()[3].find(last) + 1
        with pytest.raises(exceptions.BadRequest, match=message.replace("64", str(where))):
            run(sql, day=("DATE", SECOND))
        assert partitions(games) == before
        assert ask("SELECT 1") == [(1,)]

    def test_rolled_back(self, run, ask, games):
        run(f"BEGIN; DELETE FROM {games} WHERE TRUE; ROLLBACK;")
        assert ask(f"SELECT COUNT(*) FROM {games}") == [(4,)]

    def test_left_open(self, run, ask, games):
        run(f"BEGIN TRANSACTION; DELETE FROM {games} WHERE TRUE;")
        assert ask(f"SELECT COUNT(*) FROM {games}") == [(4,)]

    def test_without_transaction(self, client, games):
        """Each statement stands for itself; the last one's rows are the script's."""
        sql = f"DELETE FROM {games} WHERE game_id = 'a'; SELECT COUNT(*) FROM {games}; "
        assert [tuple(row) for row in client.query(sql).result()] == [(3,)]

    @pytest.mark.parametrize(("key", "rows"), [("LAST", []), ("FIRST_SELECT", [(4,)])])
    def test_key_result(self, client, games, key, rows):
        """A change after the query, and nothing is read of the query but where it is asked for."""
        sql = (
            f"BEGIN TRANSACTION; SELECT COUNT(*) FROM {games}; SELECT 'other';"
            f" DELETE FROM {games} WHERE game_id = 'a'; COMMIT TRANSACTION;"
        )
        options = bigquery.ScriptOptions(key_result_statement=key)
        asked = bigquery.QueryJobConfig(script_options=options)
        assert [tuple(row) for row in client.query(sql, job_config=asked).result()] == rows

    def test_key_result_that_there_is_not(self, client):
        asked = bigquery.QueryJobConfig(
            script_options=bigquery.ScriptOptions(key_result_statement="FIRST")
        )
        with pytest.raises(exceptions.BadRequest, match="keyResultStatement"):
            client.query("SELECT 1; SELECT 2", job_config=asked).result()

    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            ("DELETE FROM {} WHERE TRUE; SELEC 1", "Syntax error"),
            ("COMMIT TRANSACTION; SELECT 1", "No transaction is in progress"),
            ("DECLARE n INT64 DEFAULT 1; SELECT n FROM {}", "the test server has no DECLARE"),
            ("BEGIN; CREATE TABLE {}2 (a INT64); COMMIT", "not supported in a transaction"),
        ],
    )
    def test_refused(self, run, ask, games, sql, message):
        with pytest.raises(exceptions.GoogleAPICallError, match=message):
            run(sql.format(games))
        assert ask(f"SELECT COUNT(*) FROM {games}") == [(4,)]
