"""Users' own queries: what is read, how it comes back, and what is never run."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from processors.errors import QueryRefused
from warehouse.duckdb.reading import read_user_query

GAMES = 5


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    """Two of our tables with a few games, and things that are not for users."""
    connection = duckdb.connect(str(tmp_path_factory.mktemp("reading") / "held.duckdb"))
    connection.execute("SET TimeZone = 'UTC'")
    for dataset in ("nba_raw", "nba_analytics", "private", "nba_x"):
        connection.execute(f"CREATE SCHEMA {dataset}")
    connection.execute(
        "CREATE TABLE nba_raw.schedule AS SELECT 'g' || i AS game_id, DATE '2024-10-31' + i::INT AS"
        " game_date, TIMESTAMP '2024-11-01 00:30:00' + INTERVAL 1 DAY * i AS tipoff_at"
        f" FROM range({GAMES}) AS counted(i)"
    )
    connection.execute("CREATE TABLE nba_analytics.player_form (player_lookup TEXT, points BIGINT)")
    connection.execute("CREATE TABLE private.keys AS SELECT 'secret' AS word")
    connection.execute("CREATE TABLE main.keys AS SELECT 'secret' AS word")
    connection.execute("CREATE TEMP TABLE staging_player_form AS SELECT 'secret' AS word")
    with closing(connection):
        yield connection


@pytest.fixture
def ask(connection):
    def ask(text, limit=100):
        return read_user_query(connection, text, limit=limit, seconds=30)

    return ask


@pytest.fixture
def refused(ask):
    def refused(text, reason=None):
        with pytest.raises(QueryRefused, match=reason) as caught:
            ask(text)
        return str(caught.value)

    return refused


class TestRead:
    @pytest.mark.parametrize(
        "table",
        [
            "nba_raw.schedule",
            "`nba_raw.schedule`",
            "`nba_raw`.`schedule`",
            "`my-project.nba_raw.schedule`",
            "my-project.nba_raw.schedule",
            "nba_raw.schedule AS s",
        ],
    )
    def test_names(self, ask, table):
        assert ask(f"SELECT COUNT(*) AS n FROM {table}").rows == [(GAMES,)]

    @pytest.mark.parametrize(
        "day", ["'2024-11-02'", '"2024-11-02"', "DATE '2024-11-02'", "DATE('2024-11-02')"]
    )
    def test_dates(self, ask, day):
        rows = ask(f"SELECT game_id FROM nba_raw.schedule WHERE game_date = {day}").rows
        assert rows == [("g2",)]

    @pytest.mark.parametrize(
        "text",
        [
            "WITH s AS (SELECT * FROM nba_raw.schedule) SELECT COUNT(*) FROM s",
            "WITH s AS (SELECT * FROM nba_raw.schedule), t AS (SELECT * FROM S)"
            " SELECT (SELECT COUNT(*) FROM t)",
            "WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE n < 5)"
            " SELECT COUNT(*) FROM s",
            "(SELECT COUNT(*) FROM nba_raw.schedule)",
            "SELECT COUNT(*) FROM UNNEST([1, 2, 3, 4, 5]) AS n",
            "SELECT COUNT(DISTINCT schedule.game_id) FROM nba_raw.schedule",
            "-- first\nSELECT COUNT(*) /* then */ FROM nba_raw.schedule; -- last",
        ],
    )
    def test_shapes(self, ask, text):
        assert ask(text).rows == [(GAMES,)]

    def test_types(self, ask):
        text = (
            "SELECT game_date, tipoff_at, 1, 0.5 FROM nba_raw.schedule ORDER BY game_date LIMIT 1"
        )
        answer = ask(text)
        assert answer.columns == ("game_date", "tipoff_at", "f0_", "f1_")
        assert answer.rows == [(date(2024, 10, 31), datetime(2024, 11, 1, 0, 30), 1, 0.5)]

    def test_names_of_a_union(self, ask):
        assert ask("SELECT 1 UNION ALL SELECT 2 ORDER BY 1").columns == ("f0_",)

    def test_eastern_day(self, ask):
        text = "SELECT DATE(tipoff_at, 'America/New_York') = game_date FROM nba_raw.schedule"
        assert set(ask(text).rows) == {(True,)}

    def test_utc_whatever_the_machine_says(self, connection, ask):
        connection.execute("SET GLOBAL TimeZone = 'Pacific/Kiritimati'")
        try:
            rows = ask("SELECT CAST('2024-11-01 00:00:00' AS TIMESTAMP), CURRENT_TIMESTAMP()").rows
        finally:
            connection.execute("SET GLOBAL TimeZone = 'UTC'")
        assert rows[0][0] == datetime(2024, 11, 1)
        now = datetime.now(UTC).replace(tzinfo=None)
        assert abs(rows[0][1] - now) < timedelta(minutes=5)

    def test_weeks_from_any_day(self, ask):
        assert ask("SELECT DATE_TRUNC(DATE '2024-01-31', WEEK(THURSDAY))").rows == [
            (date(2024, 1, 25),)
        ]

    def test_limit(self, ask):
        text = "SELECT game_id FROM nba_raw.schedule ORDER BY game_id"
        for limit, truncated in ((GAMES - 1, True), (GAMES, False)):
            answer = ask(text, limit=limit)
            assert (len(answer.rows), answer.truncated) == (limit, truncated)

    def test_limit_is_not_computed_beyond(self, ask):
        """Ten thousand million rows are never made."""
        many = "UNNEST(GENERATE_ARRAY(1, 100000))"
        assert len(ask(f"SELECT a FROM {many} AS a CROSS JOIN {many} AS b", limit=3).rows) == 3


class TestPublished:
    def test_uncommitted(self, connection, ask):
        connection.execute("BEGIN")
        connection.execute("INSERT INTO nba_analytics.player_form VALUES ('x', 1)")
        try:
            assert ask("SELECT COUNT(*) FROM nba_analytics.player_form").rows == [(0,)]
        finally:
            connection.execute("ROLLBACK")

    def test_staging(self, refused):
        refused("SELECT * FROM staging_player_form", "there is no table staging_player_form")
        refused("SELECT * FROM staging.player_form", "there is no table staging.player_form")
        refused("SELECT * FROM temp.staging_player_form", "there is no table")

    def test_the_writer_goes_on(self, connection, ask, refused):
        """A failed query leaves the writer's own transaction alone."""
        connection.execute("BEGIN")
        connection.execute("INSERT INTO nba_analytics.player_form VALUES ('x', 1)")
        refused("SELECT ERROR('stop') FROM nba_raw.schedule", "stop")
        found = connection.execute("SELECT count(*) FROM nba_analytics.player_form").fetchone()
        connection.execute("ROLLBACK")
        assert found == (1,)


class TestStatements:
    @pytest.mark.parametrize(
        "text",
        [
            "DELETE FROM nba_raw.schedule WHERE TRUE",
            "INSERT INTO nba_raw.schedule (game_id) VALUES ('x')",
            "UPDATE nba_raw.schedule SET game_id = 'x' WHERE TRUE",
            "MERGE nba_raw.schedule AS t USING nba_raw.schedule AS s ON FALSE"
            " WHEN NOT MATCHED THEN INSERT ROW",
            "TRUNCATE TABLE nba_raw.schedule",
            "CREATE TABLE nba_raw.x AS SELECT 1 AS a",
            "CREATE TEMP FUNCTION f(x INT64) AS (x)",
            "DROP TABLE nba_raw.schedule",
            "ALTER TABLE nba_raw.schedule ADD COLUMN x INT64",
            "EXPORT DATA OPTIONS (uri = 'x') AS SELECT 1",
            "PRAGMA database_list",
            "ATTACH 'x.duckdb' AS x",
            "COPY nba_raw.schedule TO 'x.csv'",
            "SET threads = 1",
            "RESET threads",
            "CALL pragma_version()",
            "USE nba_raw",
            "INSTALL httpfs",
            "LOAD httpfs",
            "CHECKPOINT",
            "BEGIN",
            "COMMIT",
            "EXPLAIN SELECT 1",
            "DESCRIBE nba_raw.schedule",
            "SHOW TABLES",
            "SUMMARIZE nba_raw.schedule",
            "FROM nba_raw.schedule",
            "VALUES (1)",
            "EXECUTE IMMEDIATE 'SELECT 1'",
            "DECLARE x INT64",
        ],
    )
    def test_no_select(self, refused, text):
        word = text.split()[0]
        assert refused(text) == f"only SELECT can be run here, not {word}"

    @pytest.mark.parametrize(
        "text",
        [
            "WITH x AS (DELETE FROM nba_raw.schedule) SELECT 1",
            "SELECT 1 AS a INTO nba_raw.x",
            "SELECT * FROM (DESCRIBE nba_raw.schedule)",
            "SELECT * FROM (SHOW TABLES)",
            "SELECT * FROM nba_raw.schedule FOR UPDATE",
        ],
    )
    def test_inside(self, refused, text):
        refused(text)

    @pytest.mark.parametrize(
        "text",
        [
            "SELECT 1; SELECT 2",
            "SELECT 1; DROP TABLE nba_raw.schedule",
            "DECLARE x INT64; SELECT x",
            "BEGIN SELECT 1; END",
            "",
            "-- nothing",
        ],
    )
    def test_one_statement(self, refused, text):
        refused(text, "one statement at a time|only SELECT")

    def test_nothing_was_written(self, connection):
        """…by all of the above."""
        found = connection.execute("SELECT count(*) FROM nba_raw.schedule").fetchone()
        assert found == (GAMES,)

    def test_the_engine_holds_too(self, connection, monkeypatch):
        """Were a write ever to get through, the transaction is read-only."""
        monkeypatch.setattr(
            "warehouse.duckdb.reading.translated", lambda *_: "DELETE FROM nba_raw.schedule"
        )
        with pytest.raises(QueryRefused, match="read-only"):
            read_user_query(connection, "SELECT 1", limit=1, seconds=30)


READS = [
    "SELECT * FROM {}",
    "SELECT (SELECT COUNT(*) FROM {})",
    "WITH t AS (SELECT * FROM {}) SELECT * FROM t",
    "SELECT 1 UNION ALL SELECT 1 FROM {}",
    "SELECT 1 FROM nba_raw.schedule WHERE EXISTS (SELECT 1 FROM {})",
    "SELECT 1 FROM nba_raw.schedule AS s JOIN {} ON TRUE",
    "SELECT 1 FROM nba_raw.schedule, {}",
    "SELECT ARRAY(SELECT 1 FROM {})",
]


@pytest.mark.parametrize("read", READS)
class TestTables:
    @pytest.mark.parametrize(
        "table",
        [
            "private.keys",
            "main.keys",
            "keys",
            "held.main.keys",
            "information_schema.tables",
            "nba_raw.INFORMATION_SCHEMA.TABLES",
            "`nba_raw.INFORMATION_SCHEMA.TABLES`",
            "pg_catalog.pg_tables",
            "sqlite_master",
            "duckdb_settings",
            "nba_raw.schedule.game_id",
            "`nba_raw.sched*`",
            "`x.parquet`",
            "`nba_x.parquet`",
            "`nba_x.csv`",
            "`/etc/passwd`",
            "'x.parquet'",
            "nba_raw.missing",
            "NBA_RAW.SCHEDULE",
        ],
    )
    def test_unknown(self, refused, read, table):
        refused(read.format(table), "there is no table|not a table here|not BigQuery SQL")

    @pytest.mark.parametrize(
        "function",
        [
            "read_csv('/etc/passwd')",
            "read_parquet('x.parquet')",
            "read_text('/etc/passwd')",
            "read_json('x.json')",
            "glob('*')",
            "duckdb_tables()",
            "duckdb_settings()",
            "duckdb_secrets()",
            "query('SELECT 1')",
            "query_table('main.keys')",
            "nba_raw.read_csv('x')",
            "range(3)",
            "EXTERNAL_QUERY('a', 'b')",
            "UNNEST(read_csv('x'))",
        ],
    )
    def test_functions(self, refused, read, function):
        refused(read.format(function), "not a table here|not understood here|not BigQuery SQL")


class TestNames:
    def test_nearest(self, refused):
        assert refused("SELECT 1 FROM nba_raw.shedule").endswith("write nba_raw.schedule")
        assert refused("SELECT 1 FROM schedule").endswith("write nba_raw.schedule")
        assert refused("SELECT 1 FROM nba_analytics.schedule").endswith("write nba_raw.schedule")
        assert refused("SELECT 1 FROM x").endswith("the datasets are nba_analytics, nba_raw")

    @pytest.mark.parametrize(
        "text",
        [
            "SELECT * FROM keys, (WITH keys AS (SELECT 1 AS a) SELECT a FROM keys)",
            "WITH a AS (SELECT * FROM keys), keys AS (SELECT 1 AS x) SELECT * FROM a",
            "WITH keys AS (SELECT * FROM keys) SELECT * FROM keys",
            "SELECT (WITH keys AS (SELECT 1 AS a) SELECT a FROM keys) FROM keys",
        ],
    )
    def test_a_name_out_of_sight(self, refused, text):
        """A WITH elsewhere doesn't open the table of that name."""
        refused(text, "there is no table keys")

    def test_a_name_over_a_table(self, ask):
        assert ask("WITH keys AS (SELECT 1 AS a) SELECT * FROM keys").rows == [(1,)]


class TestFunctions:
    @pytest.mark.parametrize(
        "call",
        [
            "getenv('HOME')",
            "read_text('/etc/passwd')",
            "read_csv('x')",
            "main.getenv('HOME')",
            "current_setting('threads')",
            "getvariable('x')",
            "nextval('x')",
            "query('SELECT 1')",
            "NET.HOST('http://a.b')",
            "list_aggregate([1], 'sum')",
            "duckdb_tables()",
        ],
    )
    @pytest.mark.parametrize("place", ["{}", "UPPER({})", "(SELECT MAX({}) FROM nba_raw.schedule)"])
    def test_unknown(self, refused, call, place):
        refused(f"SELECT {place.format(call)}", "not understood here")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("SELECT @day", "parameters"),
            ("SELECT ?", "parameters"),
            ("SELECT x FROM UNNEST([1]) AS x WITH OFFSET", "WITH OFFSET"),
            ("SELECT EXTRACT(WEEK(TUESDAY) FROM DATE '2024-01-01')", "TUESDAY"),
            (
                "SELECT 1 FROM nba_raw.schedule FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01'",
                "SYSTEM_TIME",
            ),
        ],
    )
    def test_not_here(self, refused, text, reason):
        refused(text, reason)


class TestErrors:
    def test_not_sql(self, refused):
        message = refused("SELECT * FROM nba_raw.schedule WHERE (", "not BigQuery SQL")
        assert "line 1" in message
        assert "\x1b" not in message
        refused("SELECT 'open")

    def test_the_parser_stumbles(self, refused):
        refused("SELECT 1 FROM nba_raw.schedule |> LIMIT 1", "write it another way")

    def test_unknown_column(self, refused):
        assert "\n" not in refused("SELECT gmae_id FROM nba_raw.schedule", "gmae_id")

    def test_too_deep(self, refused):
        refused("SELECT " + "(" * 3000 + "1" + ")" * 3000, "nested too deeply")


def test_takes_too_long(connection: duckdb.DuckDBPyConnection) -> None:
    """Given up in time; the session is none the worse for it."""
    endless = (
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100000000)"
        " SELECT MAX(i) FROM n"
    )
    with pytest.raises(QueryRefused, match=r"given up after 0\.2 s"):
        read_user_query(connection, endless, limit=1, seconds=0.2)
    assert read_user_query(connection, "SELECT 1", limit=1, seconds=30).rows == [(1,)]
