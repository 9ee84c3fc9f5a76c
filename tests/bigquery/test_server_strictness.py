"""How tables are spelled, and what is refused, through the real client."""

from __future__ import annotations

import pytest
from google.api_core import exceptions
from google.cloud import bigquery


class TestNames:
    @pytest.mark.parametrize(
        "written",
        [
            "`tipoff-test.{}.games`",
            "`{}.games`",
            "{}.games",
            "`{}`.games",
            "`tipoff-test`.{}.games",
        ],
    )
    def test_spelled(self, ask, dataset, games, written):
        table = written.format(dataset)
        assert ask(f"SELECT games.points FROM {table} WHERE games.game_id = 'a'") == [(3,)]

    def test_default_dataset(self, client, dataset, games):
        config = bigquery.QueryJobConfig(default_dataset=f"{client.project}.{dataset}")
        rows = client.query("SELECT COUNT(*) FROM games", job_config=config).result()
        assert [tuple(row) for row in rows] == [(4,)]
        with pytest.raises(exceptions.BadRequest, match='Table "games" must be qualified'):
            client.query("SELECT COUNT(*) FROM games").result()

    def test_case(self, ask, dataset, games):
        with pytest.raises(exceptions.NotFound):
            ask(f"SELECT 1 FROM `{dataset}.Games`")


class TestRefusals:
    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            ("SELECT nope FROM `{}`", r"Unrecognized name: nope at \[1:8\]"),
            ("SELECT 1 FROM `{}`, `{}` AS x WHERE nope", r"nope at \[1:{}\]"),
            ("SELECT\n points = 'a' FROM `{}`", r"(?s)for operator = .* at \[2:2\]"),
            ("SELEC 1", "Syntax error"),
            ("SELECT points FROM `{}` GROUP BY game_id", "neither grouped nor aggregated"),
            ("SELECT SUM(points) FILTER (WHERE TRUE) FROM `{}`", "Syntax error"),
            ("SELECT 1 AS a, 2 AS a", r"Duplicate column names .* duplicate\(s\): a"),
            ("SELECT 'open", "Syntax error"),
            (" -- nothing", "Syntax error: Unexpected end of statement"),
        ],
    )
    def test_invalid(self, ask, games, sql, message):
        written = sql.format(games, games)
        place = len(written) - 3
        with pytest.raises(exceptions.BadRequest, match=message.format(place)) as caught:
            ask(written)
        assert caught.value.errors[0]["reason"] == "invalidQuery"

    def test_unknown_table(self, ask, dataset):
        with pytest.raises(exceptions.NotFound, match=r"Not found: Table .*\.nothing was not"):
            ask(f"SELECT 1 FROM {dataset}.nothing")
        with pytest.raises(exceptions.NotFound, match="Not found: Dataset tipoff-test:nothing"):
            ask("SELECT 1 FROM nothing.nothing")

    @pytest.mark.parametrize(
        ("expression", "message"),
        [
            ("1 / (points - points)", "division by zero: 1 / 0"),
            ("MOD(7, points - points)", "division by zero"),
            ("DIV(7, points - points)", "division by zero"),
            ("CAST(game_id AS INT64)", "Could not convert"),
            ("9223372036854775807 + points", "Overflow"),
        ],
    )
    def test_while_it_runs(self, ask, games, expression, message):
        with pytest.raises(exceptions.BadRequest, match=message):
            ask(f"SELECT {expression} FROM `{games}` WHERE game_date = '2024-01-01'")
