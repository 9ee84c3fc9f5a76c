"""What BigQuery's words come to: Google's evaluator beside DuckDB after the rewrites."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlglot

from processors.errors import QueryRefused
from processors.registry import load
from tests.googlesql.engine import GoogleSqlError
from tests.googlesql.evaluation import evaluate
from warehouse import texts
from warehouse.duckdb.dialect import REWRITES, to_duckdb

PAGE = Path(__file__).parents[2] / "docs" / "sql.md"

# Anything that is no SELECT is an expression; every name is what it is about.
CASES = {
    "numbers": """
        0.5
        .5
        1e3
        1.1 + 2.2
        0.1 + 0.2 = 0.3
        5 / 2
        10 / 4 * 2
        9223372036854775807
        2147483647 + 1
        -2147483647 - 2
        1000000 * 1000000
        60 * 60 * 24 * (1000000)
        1 << 40
        1 + 2 * 3 << 1
        5 - 3 - 1
        DIV(7, 2)
        DIV(-7, 2)
        DIV(1 + 6, 3 - 1)
        100 / DIV(10, 3)
        MOD(DIV(10, 3), 2)
        -DIV(10, 3)
        MOD(-7, 3)
        ROUND(2.5)
        ROUND(-2.5)
        ROUND(0.125, 2)
        SAFE_DIVIDE(1, 0)
        SAFE_DIVIDE(1 + 2, 2 + 2)
        SAFE.LN(0)
        SAFE.SQRT(-1)
        GREATEST(1, NULL)
        LEAST(3, 1, 2)
        IFNULL(NULL, 3)
        NULLIF(1, 1)
        NUMERIC '1.123456789'
        CAST('1.123456789' AS NUMERIC)
        CAST(1.5 AS NUMERIC)
        SELECT SUM(x) FROM UNNEST([1, 2]) AS x
        SELECT SUM(x) / 2 FROM UNNEST([1, 2]) AS x
        SELECT ROUND(AVG(x), 1) FROM UNNEST([1, 2, 4]) AS x
    """,
    "casts": """
        CAST(2.5 AS INT64)
        CAST(-2.5 AS INT64)
        CAST(3.5 AS INT64)
        CAST(2.4 AS INT64)
        CAST(5 / 2 AS INT64)
        CAST(ROUND(2.5) AS INT64)
        CAST(NUMERIC '2.5' AS INT64)
        CAST('12' AS INT64)
        CAST('0x1F' AS INT64)
        CAST(CONCAT('0x', '1F') AS INT64)
        CAST(TRUE AS INT64)
        SAFE_CAST('x' AS INT64)
        SAFE_CAST('' AS FLOAT64)
        SAFE_CAST('2024-13-01' AS DATE)
        SAFE_CAST('nonsense' AS TIMESTAMP)
        CAST(1.5 AS STRING)
        CAST(TRUE AS STRING)
        CAST(DATE '2024-01-02' AS STRING)
        SELECT CAST(x AS INT64) FROM UNNEST([22.5, 23.5, -22.5]) AS x ORDER BY 1
        SELECT SAFE_CAST(x AS INT64) FROM UNNEST([22.5, 1e30]) AS x ORDER BY 1
        SELECT CAST(x AS INT64) FROM UNNEST([9223372036854775807]) AS x
        SELECT CAST(x AS INT64) FROM UNNEST(['12']) AS x
        SELECT CAST(AVG(x) AS INT64) FROM UNNEST([2, 3]) AS x
    """,
    "texts": """
        "double quoted"
        "it's"
        r'\\d+'
        CONCAT('a', 'b')
        CONCAT('a', NULL)
        CONCAT('a', COALESCE(NULL, '-'), CHR(31))
        CONCAT('a', IF(TRUE, NULL, 'c'))
        TO_HEX(SHA256('a'))
        TO_HEX(MD5('a'))
        TRIM('  a ')
        TRIM('xxaxx', 'x')
        LTRIM('  a')
        SUBSTR('abcdef', 2, 3)
        SUBSTR('abcdef', -2)
        LPAD('7', 3, '0')
        SPLIT('a-b-c', '-')[OFFSET(0)]
        SPLIT('a-b-c', '-')[SAFE_OFFSET(5)]
        STRPOS('abc', 'c')
        STARTS_WITH('abc', 'ab')
        FORMAT('%d', 5 + 3)
        FORMAT('%03d', 7)
        FORMAT('%d-%s-%.2f', 1, 'x', 2.5)
        FORMAT('%.2f', 2.345)
        FORMAT('%.1f%%', 45.25)
        FORMAT('%5s|%-5s', 'ab', 'cd')
        FORMAT("%'d", 1234567)
        'abc' LIKE '_b_'
        'abc' NOT LIKE 'b%'
        'a%c' LIKE 'a\\\\%c'
        'abc' LIKE 'a\\\\%c'
        'abc' LIKE ANY ('x%', 'a%')
        SELECT k FROM UNNEST(['a_b', 'axb']) AS k WHERE k LIKE r'a\\_b'
        SELECT TRIM(x) FROM UNNEST(['\\ta\\u00a0\\n']) AS x
        REGEXP_CONTAINS('abc123', r'\\d+')
        REGEXP_EXTRACT('abc123', r'([a-z])(?:\\d)')
        REGEXP_EXTRACT('abc', r'\\d+')
        REGEXP_EXTRACT_ALL('a1b2', r'\\d')
        REGEXP_REPLACE('a1b2', r'(\\d)', r'<\\1>')
        JSON_VALUE('{"a": {"b": "x"}}', '$.a.b')
        JSON_VALUE('{"a": [1, 2]}', '$.a[1]')
        JSON_VALUE('{"a": [1, 2]}', '$.a')
        JSON_VALUE('{"a": null}', '$.a')
        CAST(JSON_VALUE('{"a": 5}', '$.a') AS INT64)
    """,
    "dates": """
        DATE('2024-01-01')
        DATE(2024, 1, 5)
        DATE '2024-01-31' + 1
        DATE_ADD(DATE '2024-01-31', INTERVAL 1 MONTH)
        DATE_ADD(DATE '2024-01-31', INTERVAL 2 + 3 DAY)
        DATE_SUB('2024-01-31', INTERVAL 1 DAY)
        CAST(DATE_SUB(DATE '2024-01-31', INTERVAL 1 DAY) AS STRING)
        DATE_TRUNC(DATE '2024-01-31', MONTH)
        DATE_TRUNC(DATE '2024-01-31', WEEK)
        DATE_TRUNC(DATE '2024-01-31', WEEK(MONDAY))
        DATE_TRUNC(DATE '2024-01-31', ISOWEEK)
        DATE_DIFF('2024-01-31', '2024-01-01', DAY)
        DATE_DIFF(DATE '2024-01-07', DATE '2024-01-06', WEEK)
        DATE_DIFF(DATE '2024-01-08', DATE '2024-01-07', ISOWEEK)
        DATE_DIFF(DATE '2024-01-31', DATE '2023-12-31', MONTH)
        LAST_DAY(DATE '2024-02-10')
        UNIX_DATE(DATE '2024-01-01')
        DATE_FROM_UNIX_DATE(19723)
        EXTRACT(DAYOFWEEK FROM DATE '2024-01-07')
        EXTRACT(DAYOFWEEK FROM DATE '2024-01-06') * 2
        EXTRACT(DAYOFYEAR FROM DATE '2024-12-31')
        EXTRACT(WEEK FROM DATE '2024-01-01')
        EXTRACT(WEEK FROM DATE '2024-12-31')
        EXTRACT(WEEK(MONDAY) FROM DATE '2024-12-31')
        EXTRACT(ISOWEEK FROM DATE '2024-12-31')
        EXTRACT(ISOYEAR FROM DATE '2024-12-31')
        EXTRACT(QUARTER FROM DATE '2024-12-31')
        FORMAT_DATE('%Y%m%d', DATE '2024-02-03')
        FORMAT_DATE('%A %d %B %Y', DATE '2024-02-03')
        PARSE_DATE('%Y%m%d', '20240203')
        PARSE_DATE('%b %d, %Y', 'Jan 05, 2024')
        GENERATE_DATE_ARRAY('2024-01-01', '2024-01-03')
        GENERATE_DATE_ARRAY(DATE '2024-01-01', DATE '2024-03-03', INTERVAL 1 MONTH)
        DATE '2024-11-01' >= '2024-10-31'
        DATE '2024-11-01' BETWEEN '2024-10-31' AND '2024-11-30'
        DATE '2024-11-01' IN ('2024-11-01', '2024-11-02')
        CURRENT_DATE = CURRENT_DATE('UTC')
        CURRENT_DATE('Pacific/Kiritimati') = DATE(CURRENT_TIMESTAMP(), 'Pacific/Kiritimati')
        SELECT x FROM UNNEST([DATE '2024-01-01', DATE '2024-03-01']) AS x WHERE x >= "2024-02-01"
        SELECT day FROM UNNEST(GENERATE_DATE_ARRAY('2024-01-01', '2024-01-03')) AS day ORDER BY day
    """,
    "instants": """
        TIMESTAMP '2024-01-02 03:04:05'
        TIMESTAMP '2024-01-02 03:04:05+02'
        TIMESTAMP '2024-01-02 03:04:05 America/New_York'
        TIMESTAMP '2024-01-02T03:04:05Z'
        CAST('2024-01-02 03:04:05+02' AS TIMESTAMP)
        TIMESTAMP('2024-01-02 03:04:05')
        TIMESTAMP('2024-07-02 03:04:05', 'America/New_York')
        TIMESTAMP(DATE '2024-07-02', 'America/New_York')
        TIMESTAMP_SECONDS(1704164645)
        TIMESTAMP_MILLIS(1704164645000)
        TIMESTAMP_MICROS(1704164645000000)
        UNIX_SECONDS(TIMESTAMP '2024-01-02 03:04:05')
        UNIX_MICROS(TIMESTAMP '1960-01-02 03:04:05.123456')
        DATE(TIMESTAMP '2024-01-02 03:04:05')
        DATE(TIMESTAMP '2024-01-02 03:04:05', 'America/New_York')
        DATE(DATETIME(TIMESTAMP '2024-01-02 03:04:05', 'America/New_York'))
        DATE(CURRENT_DATETIME('Pacific/Kiritimati')) = CURRENT_DATE('Pacific/Kiritimati')
        CURRENT_TIMESTAMP() > TIMESTAMP '2024-01-01'
        EXTRACT(HOUR FROM TIMESTAMP '2024-01-02 03:04:05')
        EXTRACT(HOUR FROM TIMESTAMP '2024-01-02 03:04:05' AT TIME ZONE 'America/New_York')
        EXTRACT(DATE FROM TIMESTAMP '2024-01-02 03:04:05' AT TIME ZONE 'America/New_York')
        EXTRACT(DAYOFWEEK FROM TIMESTAMP '2024-01-02 03:04:05' AT TIME ZONE 'America/New_York')
        EXTRACT(MILLISECOND FROM TIMESTAMP '2024-01-02 03:04:05.123456')
        EXTRACT(MICROSECOND FROM TIMESTAMP '2024-01-02 03:04:05.123456')
        TIMESTAMP_DIFF(TIMESTAMP '2024-01-02 03:04:05', TIMESTAMP '2024-01-02 02:59:59', HOUR)
        TIMESTAMP_DIFF(TIMESTAMP '2024-01-02 02:59:59', TIMESTAMP '2024-01-02 03:04:05', MINUTE)
        TIMESTAMP_DIFF(TIMESTAMP '2024-01-03 09:00:00', TIMESTAMP '2024-01-01 10:00:00', DAY)
        TIMESTAMP_ADD(TIMESTAMP '2024-01-02 03:04:05', INTERVAL 90 MINUTE)
        TIMESTAMP_SUB(TIMESTAMP '2024-01-02 03:04:05', INTERVAL 1 DAY)
        TIMESTAMP_TRUNC(TIMESTAMP '2024-01-02 03:04:05', HOUR)
        TIMESTAMP_TRUNC(TIMESTAMP '2024-07-02 03:04:05', DAY, 'America/New_York')
        FORMAT_TIMESTAMP('%Y-%m-%d %H:%M:%S', TIMESTAMP '2024-01-02 03:04:05')
        FORMAT_TIMESTAMP('%d %H:%M', TIMESTAMP '2024-07-02 03:04:05', 'America/New_York')
        PARSE_TIMESTAMP('%Y-%m-%d %H:%M', '2024-02-03 04:05')
        PARSE_TIMESTAMP('%Y-%m-%d %H:%M', '2024-02-03 04:05', 'America/New_York')
        SELECT DATE(DATETIME(t, 'America/New_York')) FROM UNNEST([TIMESTAMP '2024-01-02']) AS t
        SELECT t - INTERVAL 30 MINUTE FROM (SELECT TIMESTAMP '2024-01-31' AS t)
    """,
    "aggregates": """
        SELECT COUNTIF(x > 5) FROM UNNEST([1, 2]) AS x WHERE x > 10
        SELECT COUNTIF(COALESCE(x, 0) = 0) FROM UNNEST([1, NULL, 0]) AS x
        SELECT COUNTIF(x = 1 OR x = 0) / COUNT(*) FROM UNNEST([1, NULL, 0]) AS x
        SELECT COUNTIF(DISTINCT x > 1) FROM UNNEST([1, 2, 3]) AS x
        SELECT x, COUNTIF(x > 1) OVER (ORDER BY x) FROM UNNEST([1, 2, 3]) AS x ORDER BY x
        SELECT ANY_VALUE(x HAVING MAX y) FROM UNNEST([STRUCT(1 AS x, 2 AS y), STRUCT(NULL, 3)])
        SELECT ANY_VALUE(x HAVING MIN y) FROM UNNEST([STRUCT(1 AS x, 2 AS y), STRUCT(5, NULL)])
        SELECT ARRAY_AGG(x ORDER BY x DESC LIMIT 2) FROM UNNEST([3, NULL, 2]) AS x
        SELECT ARRAY_AGG(x IGNORE NULLS ORDER BY x) FROM UNNEST([3, NULL, 2]) AS x
        SELECT ARRAY_AGG(x IGNORE NULLS ORDER BY x LIMIT 1)[OFFSET(0)] FROM UNNEST([3, NULL]) AS x
        SELECT ARRAY_AGG(x IGNORE NULLS LIMIT 1) FROM UNNEST([NULL, 2]) AS x
        SELECT ARRAY_AGG(x RESPECT NULLS ORDER BY x)[OFFSET(1)] FROM UNNEST([2, 1]) AS x
        SELECT ARRAY_AGG(DISTINCT x IGNORE NULLS ORDER BY x LIMIT 2) \
            FROM UNNEST([3, NULL, 1, 3]) AS x
        SELECT ARRAY_AGG(STRUCT(x) ORDER BY x DESC LIMIT 1)[OFFSET(0)].x FROM UNNEST([3, 1]) AS x
        SELECT ARRAY_AGG(x) FROM UNNEST([3]) AS x WHERE FALSE
        SELECT ARRAY_LENGTH(ARRAY_AGG(x LIMIT 2)) FROM UNNEST([3, 1, 2]) AS x
        SELECT STRING_AGG(x, '; ' ORDER BY x DESC) FROM UNNEST(['a', NULL, 'b']) AS x
        SELECT LOGICAL_OR(x) FROM UNNEST([TRUE, FALSE, NULL]) AS x
        SELECT PERCENTILE_CONT(x, 0.5) OVER () FROM UNNEST([1, NULL, 2, 8]) AS x LIMIT 1
        SELECT LAST_VALUE(x IGNORE NULLS) OVER (ORDER BY y \
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS x \
            FROM UNNEST([STRUCT(1 AS x, 1 AS y), STRUCT(NULL, 2)])
    """,
    "queries": """
        3 IN UNNEST([1, 2, 3])
        NULL IN UNNEST([1, 2])
        1 IS NOT DISTINCT FROM NULL
        SELECT x FROM UNNEST([3, NULL, 1]) AS x ORDER BY x
        SELECT x FROM UNNEST([3, NULL, 1]) AS x ORDER BY x DESC
        SELECT x, ROW_NUMBER() OVER (ORDER BY x) FROM UNNEST([3, NULL, 1]) AS x ORDER BY 2
        SELECT x FROM UNNEST([1, 2, 4]) AS x QUALIFY ROW_NUMBER() OVER (ORDER BY x DESC) = 1
        SELECT UPPER(k) AS k, COUNT(*) FROM UNNEST(['a', 'A']) AS k GROUP BY k
        SELECT DATE_TRUNC(d, MONTH) AS d, COUNT(*) \
            FROM UNNEST([DATE '2024-01-01', DATE '2024-01-05']) AS d GROUP BY d
        SELECT k, v, COUNT(*) FROM (SELECT 'a' AS k, 1 AS v) AS t GROUP BY t.k, v
        SELECT k, COUNT(*) AS n FROM UNNEST(['a', 'b', 'a']) AS k GROUP BY k HAVING n > 1
        SELECT x > 1 AS is_big, COUNT(*) FROM UNNEST([1, 2, 3]) AS x GROUP BY is_big ORDER BY is_big
        SELECT * FROM (SELECT 'a' AS k, 1 AS v UNION ALL SELECT 'b', 2) \
            PIVOT (SUM(v) FOR k IN ('a', 'b'))
        SELECT * EXCEPT (a) FROM (SELECT 1 AS a, 2 AS b)
        SELECT x, y FROM (SELECT 1 AS x, [10, 20] AS ys), UNNEST(ys) AS y ORDER BY y
        SELECT x, SUM(x) OVER w FROM UNNEST([1, 2, 4]) AS x \
            WINDOW w AS (ORDER BY x RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY x
        WITH t AS (SELECT 1 AS x UNION DISTINCT SELECT 1) SELECT x FROM t
    """,
}

# What can't be repaired: BigQuery's value and DuckDB's. The page names each of them.
DIFFERENT = [
    ("ROUND(0.15, 1)", 0.1, 0.2),
    ("CAST(25.0 AS STRING)", "25", "25.0"),
    (
        "CAST(TIMESTAMP '2024-01-02 03:04:05' AS STRING)",
        "2024-01-02 03:04:05+00",
        "2024-01-02 03:04:05",
    ),
    ("SAFE_CAST('1.5' AS INT64)", None, 2),
    ("SUBSTR('abc', 0, 2)", "ab", "a"),
    ("FORMAT_DATE('%e', DATE '2024-02-03')", " 3", "3"),
    ("[1, 2][OFFSET(7)]", GoogleSqlError, None),
    ("1 / 0", GoogleSqlError, float("inf")),
    ("DIV(1, 0)", GoogleSqlError, None),
    ("JSON_VALUE('no json', '$.a')", None, duckdb.Error),
    ("FORMAT('%t', 1)", "1", duckdb.Error),
    ("IF(TRUE, 2000000, 0) * 2000", 4_000_000_000, duckdb.Error),
    ("SAFE_ADD(1, 2)", 3, duckdb.Error),
    ("FARM_FINGERPRINT('a')", -5528939962900187677, duckdb.Error),
]


def statements(name: str) -> list[str]:
    return [line.strip() for line in CASES[name].splitlines() if line.strip()]


def whole(text: str) -> str:
    return text if text.startswith(("SELECT", "WITH")) else f"SELECT {text}"


def on_google(text: str):
    return evaluate(whole(text))[1]


@pytest.fixture(scope="module")
def connection():
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@pytest.mark.parametrize("text", [one for name in CASES for one in statements(name)])
def test_equal(connection, text):
    expected = on_google(text)
    found = connection.execute(to_duckdb(whole(text))).fetchall()
    assert found == expected
    assert [list(map(type, row)) for row in found] == [list(map(type, row)) for row in expected]


@pytest.mark.parametrize(("text", "google", "ours"), DIFFERENT, ids=lambda one: str(one)[:40])
def test_different(connection, text, google, ours):
    for value, run in (
        (google, lambda: on_google(text)),
        (ours, lambda: connection.execute(to_duckdb(whole(text))).fetchall()),
    ):
        if isinstance(value, type):
            with pytest.raises(value):
                run()
        else:
            assert run() == [(value,)]
    assert f"`{text}`" in PAGE.read_text()


def test_every_rewrite_is_shown():
    shown = set()
    for name in CASES:
        for text in statements(name):
            shown |= {type(node) for node in sqlglot.parse_one(whole(text), read="bigquery").walk()}
    # MAX_BY isn't in Google's library, and staging isn't in BigQuery's.
    missing = set(REWRITES) - shown - {sqlglot.exp.ArgMax, sqlglot.exp.ArgMin, sqlglot.exp.Table}
    assert not missing


class TestOwn:
    """What only one side has."""

    @pytest.mark.parametrize("end", ["MAX", "MIN"])
    def test_by(self, connection, end):
        rows = "FROM UNNEST([STRUCT(1 AS x, 2 AS y), STRUCT(NULL, 3), STRUCT(NULL, 1)])"
        written = f"SELECT {end}_BY(x, y) {rows}"
        assert connection.execute(to_duckdb(written)).fetchall() == on_google(
            f"SELECT ANY_VALUE(x HAVING {end} y) {rows}"
        )

    def test_current_date_is_utc(self):
        elsewhere = duckdb.connect(":memory:")
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            elsewhere.execute(f"SET TimeZone = '{zone}'")
            ours = to_duckdb("SELECT CURRENT_DATE() = CURRENT_DATE('UTC')")
            assert elsewhere.execute(ours).fetchall() == [(True,)]

    def test_now_has_no_zone(self, connection):
        """As the stored instants: DuckDB's Python client can't even hand out one with a zone."""
        found = connection.execute(to_duckdb("SELECT CURRENT_TIMESTAMP()"))
        assert str(found.description[0][1]) == "TIMESTAMP"

    def test_hashes_are_fast(self):
        """What every published row goes through: one call each, no detour over bytes or ||."""
        written = "SELECT TO_HEX(SHA256(CONCAT(COALESCE(a, '-'), CHR(31), COALESCE(b, '-'))))"
        assert to_duckdb(written) == (
            "SELECT SHA256(CONCAT(COALESCE(a, '-'), CHR(31), COALESCE(b, '-')))"
        )

    def test_staging(self):
        written = "SELECT s.a FROM `staging.player_form` AS s JOIN `staging.team_form` ON TRUE"
        assert to_duckdb(written) == (
            "SELECT s.a FROM staging_player_form AS s JOIN staging_team_form ON TRUE"
        )

    def test_nonsense(self):
        with pytest.raises(QueryRefused, match="not BigQuery SQL"):
            to_duckdb("SELECT FROM WHERE")

    def test_no_equivalent(self):
        with pytest.raises(QueryRefused, match="SOUNDEX"):
            to_duckdb("SELECT SOUNDEX('a')")

    def test_cast_costs_nothing(self, connection):
        """The CASE around a cast to INT64 is gone before a row is read."""
        connection.execute("CREATE OR REPLACE TEMP TABLE held AS SELECT 1.5e0 AS x, 1::BIGINT AS n")
        for column, left in (("x", "CAST(round(x) AS BIGINT)"), ("n", "CASE")):
            ours = to_duckdb(f"SELECT CAST({column} AS INT64) FROM held")
            plan = connection.execute(f"EXPLAIN {ours}").fetchall()[0][1]
            assert (left in plan) == (column == "x")


def test_own_statements():
    """Everything that the house itself stages can be said on DuckDB."""
    for processor in load():
        assert to_duckdb(texts.stage(processor))
