"""Users' own queries on BigQuery: what is sent for them, what comes back, what never is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from google.cloud.bigquery import SchemaField

from processors.errors import (
    QueryRefused,
    TooCostly,
    WarehouseDenied,
    WarehouseFailed,
    WarehouseTransient,
)
from tests.bigquery.server import BigQueryServer
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR, Connection
from warehouse.bigquery.jobs import Foretold, Jobs
from warehouse.bigquery.reading import read_user_query
from warehouse.bigquery.request import Request
from warehouse.bigquery.respelling import Respelled, respelled
from warehouse.duckdb import reading as on_duckdb
from warehouse.duckdb.dialect import to_duckdb
from warehouse.interface import Answer

GAMES = 5
TABLES = {
    "nba_raw.schedule": (
        "SELECT CONCAT('g', CAST(i AS STRING)) AS game_id,"
        " DATE_ADD(DATE '2024-10-31', INTERVAL i DAY) AS game_date,"
        " TIMESTAMP_ADD(TIMESTAMP '2024-11-01 00:30:00', INTERVAL i DAY) AS tipoff_at"
        f" FROM UNNEST(GENERATE_ARRAY(0, {GAMES - 1})) AS i"
    ),
    "nba_analytics.player_form": (
        "SELECT CONCAT('p', CAST(i AS STRING)) AS player_lookup, 10 * i AS points,"
        " IF(i = 2, NULL, i / 4) AS share FROM UNNEST(GENERATE_ARRAY(0, 3)) AS i"
    ),
    "private.keys": "SELECT 'secret' AS word",
}
OURS = ("nba_analytics.player_form", "nba_raw.schedule", "nba_raw.shots")

Ask = Callable[..., Answer]
Refused = Callable[..., str]


class Told(Jobs):
    """Foretells what it was told, and has no rows."""

    def __init__(self, **said: Any) -> None:
        self._said = Foretold(**said)

    def foretold(self, request: Request) -> Foretold:
        del request
        return self._said

    def answer(self, request: Request, limit: int) -> Answer:
        del request, limit
        return Answer(columns=(), rows=[], truncated=False)


@pytest.fixture(scope="module")
def filled(shared_server: BigQueryServer) -> Address:
    """Two of our tables with a few rows, one that is to be asked for dates, and one of others."""
    address = Address(shared_server.project, "US", "reading_")
    with pytest.MonkeyPatch.context() as patch, closing(Connection(address)) as connection:
        patch.setenv(EMULATOR, shared_server.endpoint)
        for dataset in ("nba_raw", "nba_analytics", "private"):
            connection.client.create_dataset(address.dataset(dataset), timeout=60)
        texts = [f"CREATE TABLE `{address.table(to)}` AS {text}" for to, text in TABLES.items()]
        texts.append(
            f"CREATE TABLE `{address.table('nba_raw.shots')}` (game_date DATE, made BOOL)"
            " PARTITION BY game_date OPTIONS (require_partition_filter = TRUE)"
        )
        for text in texts:
            Jobs(connection).run(Request(what="a table", text=text))
    return address


@pytest.fixture
def address(filled: Address, server: BigQueryServer) -> Address:
    """Of the tables that are there for the whole module."""
    del server
    return filled


@pytest.fixture
def ask(jobs: Jobs, address: Address) -> Ask:
    def ask(
        text: str,
        limit: int = 100,
        *,
        by: Jobs = jobs,
        seconds: float = 30,
        maximum_bytes: int | None = None,
        tables: Sequence[str] = OURS,
    ) -> Answer:
        return read_user_query(
            by,
            address,
            text,
            limit=limit,
            seconds=seconds,
            maximum_bytes=maximum_bytes,
            tables=tables,
        )

    return ask


@pytest.fixture
def refused(ask: Ask, server: BigQueryServer) -> Refused:
    """Without a word to BigQuery."""

    def refused(text: str, reason: str = "only SELECT") -> str:
        with pytest.raises(QueryRefused, match=reason) as caught:
            ask(text)
        assert server.requests == []
        return str(caught.value)

    return refused


@pytest.fixture(scope="module")
def embedded() -> Iterator[duckdb.DuckDBPyConnection]:
    """The same tables in DuckDB."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, text in TABLES.items():
            connection.execute(f"CREATE SCHEMA {name.split('.')[0]}")
            connection.execute(f"CREATE TABLE {name} AS {to_duckdb(text)}")
        yield connection


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM nba_raw.schedule ORDER BY game_id",
        "SELECT schedule.game_id FROM `nba_raw`.`schedule` WHERE game_date = '2024-11-02'",
        "SELECT game_id AS `a name`, 1, 0.5, TRUE FROM nba_raw.schedule ORDER BY 1 DESC LIMIT 2",
        "SELECT 1 UNION ALL SELECT 2 ORDER BY 1",
        "(SELECT COUNT(*) FROM nba_raw.schedule)",
        "-- first\nSELECT COUNT(*) /* then */ FROM nba_raw.schedule; -- last",
        "WITH s AS (SELECT * FROM nba_raw.schedule), t AS (SELECT * FROM S)"
        " SELECT (SELECT COUNT(*) FROM t), (SELECT MAX(points) FROM nba_analytics.player_form)",
        "SELECT s.game_id, f.points FROM nba_raw.schedule AS s"
        " JOIN `nba_analytics.player_form` AS f ON SUBSTR(f.player_lookup, 2) = SUBSTR(game_id, 2)"
        " ORDER BY 1",
        "SELECT DATE(tipoff_at, 'America/New_York') = game_date AS fits, COUNT(*)"
        " FROM nba_raw.schedule GROUP BY fits",
        "SELECT AVG(share), SUM(points), COUNTIF(share IS NULL) FROM nba_analytics.player_form",
        "SELECT CAST('1.25' AS NUMERIC) AS exact, NUMERIC '-2'",
        "SELECT [1, 2], STRUCT('x' AS a, TIMESTAMP '2024-01-01 05:00:00+02' AS moment) AS one",
        "SELECT DATE_TRUNC(DATE '2024-01-31', WEEK(THURSDAY)), SAFE_DIVIDE(1, 0), b'ab'",
        "SELECT player_lookup FROM nba_analytics.player_form WHERE points > 1000",
        "SELECT game_id FROM nba_raw.schedule ORDER BY game_id LIMIT 4",
    ],
)
def test_engines_agree(ask: Ask, embedded: duckdb.DuckDBPyConnection, text: str) -> None:
    expected = on_duckdb.read_user_query(embedded, text, limit=3, seconds=30)
    assert ask(text, limit=3) == expected


class TestRead:
    @pytest.mark.parametrize(
        "table",
        [
            "nba_raw.schedule",
            "`nba_raw.schedule`",
            "nba_raw . /* the calendar */\n `schedule`",
            "{real}.schedule",
            "`{real}.schedule`",
            "`{project}.{real}.schedule`",
            "`{project}.{real}`.schedule",
            "{project}.{real}.schedule",
        ],
    )
    def test_names(self, address: Address, table: str) -> None:
        named = table.format(project=address.project, real=address.dataset("nba_raw"))
        sent = respelled(f"SELECT 'nba_raw.schedule' FROM {named} AS x", address, OURS)
        whole = f"`{address.project}`.`{address.dataset('nba_raw')}`.`schedule`"
        assert sent.text == f"SELECT 'nba_raw.schedule' FROM {whole} AS x"
        assert sent.tables == {address.table("nba_raw.schedule")}

    def test_word_for_word(self, address: Address) -> None:
        """But for the names of tables nothing is touched, whatever is quoted in it."""
        text = (
            "select '`nba_raw.schedule`', r'\\'', \"it's -- x\" ,'' # `nba_raw.schedule` it's\n"
            "\t, '''😀 \"nba_raw.schedule\"''', SAFE.SUBSTR(  'a',1) -- (\n from {}  as s;"
        )
        name = "`{}`.`{}`.`schedule`".format(address.project, address.dataset("nba_raw"))
        sent = respelled(text.format("nba_raw.schedule"), address, OURS)
        assert sent.text == text.format(name)

    @pytest.mark.parametrize(
        "text",
        [
            "SELECT x, place FROM UNNEST(['a', 'b']) AS x WITH OFFSET AS place",
            "SELECT NET.HOST('http://a.b'), FARM_FINGERPRINT('a'), FORMAT('%t', 1), (x).UPPER()",
            "SELECT EXTRACT(WEEK(TUESDAY) FROM DATE '2024-01-01'), HLL_COUNT.INIT(1)",
            "SELECT * FROM {} AS x FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01'",
            "SELECT * FROM {} TABLESAMPLE SYSTEM (1 PERCENT)",
            "SELECT x.* EXCEPT (game_id) FROM {} AS x |> WHERE (x.a) IN (1)",
        ],
    )
    def test_what_duckdb_lacks(self, address: Address, text: str) -> None:
        name = "`{}`.`{}`.`schedule`".format(address.project, address.dataset("nba_raw"))
        assert respelled(text.format("nba_raw.schedule"), address, OURS).text == text.format(name)

    def test_values(self, ask: Ask) -> None:
        row = ask("SELECT NUMERIC '1.5', TIMESTAMP '2024-01-01 01:00:00+01', [DATE '2024-01-01']")
        assert row.rows == [(Decimal("1.5"), datetime(2024, 1, 1), [date(2024, 1, 1)])]
        assert row.columns == ("f0_", "f1_", "f2_")

    def test_limit(self, ask: Ask) -> None:
        text = "SELECT game_id FROM nba_raw.schedule ORDER BY game_id"
        for limit, truncated in ((GAMES - 1, True), (GAMES, False)):
            answer = ask(text, limit=limit)
            assert (len(answer.rows), answer.truncated) == (limit, truncated)

    def test_no_more_is_read(self, ask: Ask, server: BigQueryServer) -> None:
        """Foretold, sent, one page: many rows that nobody asked for stay where they are."""
        answer = ask("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n ORDER BY n", limit=3)
        assert answer == Answer(columns=("n",), rows=[(1,), (2,), (3,)], truncated=True)
        assert [(one.method, one.dry_run) for one in server.requests] == [
            ("POST", True),
            ("POST", False),
            ("GET", False),
        ]

    def test_pages(self, ask: Ask) -> None:
        answer = ask("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n", limit=12_000)
        assert (len({n for (n,) in answer.rows}), answer.truncated) == (12_000, True)

    def test_job(self, ask: Ask, server: BigQueryServer) -> None:
        ask("SELECT 1", seconds=7, maximum_bytes=10**9)
        configuration = list(server.jobs.values())[-1].configuration
        assert configuration["query"]["maximumBytesBilled"] == "1000000000"
        assert configuration["jobTimeoutMs"] == "7000"
        assert configuration["labels"]["tipoff_query"] == "user"


class TestRefused:
    @pytest.mark.parametrize(
        "text",
        [
            "DELETE FROM nba_raw.schedule WHERE TRUE",
            "CREATE TEMP FUNCTION f(x INT64) AS (x)",
            "EXPORT DATA OPTIONS (uri = 'x') AS SELECT 1",
            "CALL p.x()",
            "EXECUTE IMMEDIATE 'SELECT 1'",
            "DECLARE x INT64",
        ],
    )
    def test_statements(self, refused: Refused, text: str) -> None:
        assert refused(text) == f"only SELECT can be run here, not {text.split()[0]}"

    @pytest.mark.parametrize("text", ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE x.y", ""])
    def test_one_statement(self, refused: Refused, text: str) -> None:
        refused(text, "one statement at a time")

    @pytest.mark.parametrize("read", ["SELECT * FROM {}", "SELECT 1 FROM nba_raw.schedule, {}"])
    @pytest.mark.parametrize(
        "table",
        [
            "private.keys",
            "keys",
            "nba_raw.INFORMATION_SCHEMA.TABLES",
            "`nba_raw.INFORMATION_SCHEMA.TABLES`",
            "`region-us`.INFORMATION_SCHEMA.JOBS",
            "`nba_raw.sched*`",
            "nba_raw.schedule$20241101",
            "other-project.nba_raw.schedule",
            "`other-project.nba_raw.schedule`",
            "`tipoff-test.nba_raw.schedule`",
            "NBA_RAW.SCHEDULE",
            "EXTERNAL_QUERY('a', 'SELECT 1')",
            "ML.PREDICT(MODEL nba_raw.m, TABLE nba_raw.schedule)",
            "VECTOR_SEARCH(TABLE private.keys, 'a', TABLE private.keys)",
            "nba_raw.f(1)",
            "APPENDS(TABLE nba_raw.schedule, NULL, NULL)",
        ],
    )
    def test_tables(self, refused: Refused, read: str, table: str) -> None:
        refused(
            read.format(table),
            "there is no table|not a table here|not understood here|not BigQuery SQL",
        )

    def test_nearest(self, refused: Refused, address: Address) -> None:
        for near in ("nba_raw.shedule", f"{address.project}.nba_raw.schedule", "schedule"):
            assert refused(f"SELECT 1 FROM {near}", "no table").endswith("write nba_raw.schedule")

    @pytest.mark.parametrize(
        "call",
        [
            "nba_raw.f(1)",
            "`nba_raw`.f(1)",
            "`p.nba_raw.f`(1)",
            "SAFE.nba_raw.f(1)",
            "AI.GENERATE('x')",
            "ML.DISTANCE([1], [2])",
            "KEYS.KEYSET_LENGTH(b'x')",
            "nba_raw /* x */ . f (1)",
        ],
    )
    def test_functions(self, refused: Refused, call: str) -> None:
        refused(f"SELECT {call} FROM nba_raw.schedule", "not understood here: the function")

    @pytest.mark.parametrize("text", ["SELECT @day", "SELECT ?", "SELECT @@project_id"])
    def test_parameters(self, refused: Refused, text: str) -> None:
        refused(text, "parameters: write the value")

    def test_not_sql(self, refused: Refused) -> None:
        assert "line 1" in refused("SELECT * FROM nba_raw.schedule WHERE (", "not BigQuery SQL")
        refused("SELECT 'open", "not BigQuery SQL")
        refused("SELECT `a``b`", "where a string, a name in backticks or a comment ends")
        refused("SELECT " + "(" * 3000 + "1" + ")" * 3000, "nested too deeply")


class TestSecondLook:
    """Were a text ever to get through that reads or does something else, Google says so."""

    @pytest.fixture
    def through(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
        def through(text: str) -> None:
            monkeypatch.setattr(
                "warehouse.bigquery.reading.respelled",
                lambda *_: Respelled(text, (), frozenset()),
            )

        return through

    def test_kind(
        self, ask: Ask, address: Address, server: BigQueryServer, through: Callable[[str], None]
    ) -> None:
        through(f"DELETE FROM `{address.table('private.keys')}` WHERE TRUE")
        with pytest.raises(QueryRefused, match="only SELECT can be run here, not DELETE"):
            ask("SELECT 1")
        through("SELECT 1; SELECT 2")
        with pytest.raises(QueryRefused, match="not SCRIPT"):
            ask("SELECT 1")
        assert all(one.dry_run for one in server.requests)

    def test_tables(self, ask: Ask, address: Address, through: Callable[[str], None]) -> None:
        whole = address.table("private.keys")
        through(f"SELECT word FROM `{whole}`")
        with pytest.raises(QueryRefused, match=f"the query reads {whole}, which is no table of"):
            ask("SELECT 1")

    def test_view(self, ask: Ask) -> None:
        """Of a view Google tells what it reads, and not its own name."""
        told = Told(kind="SELECT", bytes=0, tables=frozenset({"p.private.x"}), schema=())
        ask("SELECT 1 FROM nba_raw.schedule", by=told)
        with pytest.raises(QueryRefused, match=r"reads p\.private\.x"):
            ask("SELECT 1", by=told)


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("SELECT gmae_id FROM nba_raw.schedule", "[1:8]"),
            ("SELECT 1 FROM nba_raw.schedule WHERE gmae_id = ''", "[1:38]"),
            ("SELECT 1\nFROM nba_raw.schedule AS s\n  JOIN nba_raw .\n schedule ON x", "[4:14]"),
            ("SELECT 1 FROM nba_raw.schedule AS s,\tUNNEST([s.x])", "[1:51]"),
        ],
    )
    def test_place(self, ask: Ask, text: str, place: str) -> None:
        """In the user's own text, whatever has been sent for it."""
        with pytest.raises(QueryRefused) as caught:
            ask(text)
        assert str(caught.value).endswith(f"at {place}")

    def test_words(self, ask: Ask) -> None:
        with pytest.raises(QueryRefused) as caught:
            ask("SELECT gmae_id FROM nba_raw.schedule")
        assert str(caught.value) == (
            "the query failed in BigQuery: Unrecognized name: gmae_id; Did you mean game_id?"
            " at [1:8]"
        )

    def test_while_it_runs(self, ask: Ask) -> None:
        with pytest.raises(QueryRefused, match=r"failed in BigQuery: .*\[1:2\] is all"):
            ask("SELECT ERROR('at [1:2] is all') FROM nba_raw.schedule")

    def test_dates_are_wanted(self, ask: Ask) -> None:
        with pytest.raises(QueryRefused, match="without a filter over column"):
            ask("SELECT COUNT(*) FROM nba_raw.shots")
        assert ask("SELECT COUNT(*) FROM nba_raw.shots WHERE game_date = '2024-11-01'").rows

    def test_interval(self, ask: Ask) -> None:
        """Before anything is billed."""
        schema = [SchemaField("f0_", "RECORD", fields=[SchemaField("long", "INTERVAL")])]
        told = Told(kind="SELECT", bytes=0, tables=frozenset(), schema=schema)
        with pytest.raises(QueryRefused, match=r"gives f0_ \(RECORD\): CAST it to STRING"):
            ask("SELECT STRUCT(INTERVAL 1 DAY AS long)", by=told)

    def test_too_costly(self, ask: Ask) -> None:
        with pytest.raises(TooCostly, match="the query was not started"):
            ask("SELECT game_id FROM nba_raw.schedule", maximum_bytes=1)

    def test_not_the_users_fault(self, ask: Ask, server: BigQueryServer) -> None:
        with pytest.raises(WarehouseFailed, match="tipoff schema diff"):
            ask("SELECT 1 FROM nba_raw.players", tables=[*OURS, "nba_raw.players"])
        server.faults.answer("accessDenied", status=403, method="POST")
        with pytest.raises(WarehouseDenied):
            ask("SELECT 1")

    def test_takes_too_long(self, ask: Ask, address: Address, server: BigQueryServer) -> None:
        server.faults.hold(kind="query", seconds=5)
        with (
            closing(Connection(address)) as connection,
            pytest.raises(QueryRefused, match=r"given up after 0\.2 s: ask for fewer"),
        ):
            ask("SELECT 1", by=Jobs(connection), seconds=0.2)

    def test_cancelled(self, ask: Ask, address: Address, server: BigQueryServer) -> None:
        """By somebody else, before its time: not the query's fault."""
        server.faults.hold(kind="query", seconds=5)
        before = set(server.jobs)

        def cancel(_: float) -> None:
            for job_id in set(server.jobs) - before:
                connection.client.cancel_job(job_id, timeout=60)
                assert server.jobs[job_id].done.wait(5)

        with (
            closing(Connection(address, sleep=cancel)) as connection,
            pytest.raises(WarehouseTransient, match="cancelled"),
        ):
            ask("SELECT 1", by=Jobs(connection))
