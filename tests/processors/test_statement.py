"""A statement's fingerprint and logic version, its reads and its columns."""

from __future__ import annotations

import dataclasses

import pytest

from processors.columns import count, day, real, text
from processors.contract import Canary, Contract, Cutoff, Input, Layer, RowCheck, Tolerance
from processors.errors import ContractError
from processors.registry import load
from processors.statement import Statement
from processors.syntax import canonical, columns_read
from processors.window import ON_THE_DAY, SEASON_BEFORE

TEXT = """
WITH games AS (
  SELECT game_date, team, points
  FROM `nba_raw.games`
  WHERE game_date >= @history_start AND game_date < @end_date
)
SELECT slate.game_date, games.team, games.points, 1.5 * games.points AS half_more
FROM `nba_raw.slate` AS slate
JOIN games ON games.team = slate.home_team AND games.game_date < slate.game_date
WHERE slate.game_date >= @start_date AND slate.game_date <= @end_date
"""
CONTRACT = Contract(
    table="nba_analytics.recent",
    description="Recent games.",
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("game_date", "team"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.games", window=SEASON_BEFORE),
        Input(table="nba_raw.slate", window=ON_THE_DAY),
    ),
    columns=(
        day("game_date", "The date.", nullable=False),
        text("team", "The team.", nullable=False),
        count("points", "Points."),
        real("half_more", "Half more.", digits=2),
    ),
    row_checks=(RowCheck(name="no_points", bad_when="points = 0"),),
)


def version(content=TEXT, contract=CONTRACT):
    return Statement(content).logic_version(contract)


def with_column(at, **changes):
    columns = list(CONTRACT.columns)
    columns[at] = dataclasses.replace(columns[at], **changes)
    return dataclasses.replace(CONTRACT, columns=tuple(columns))


class TestUnchanged:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("WITH games AS (", "-- The history.\nWITH games AS ( -- of games\n"),
            ("JOIN games ON", "/* before D */ JOIN games ON"),
            ("\n", "\n\n    "),
            ("SELECT", "select"),
            ("AND", "and"),
            ("`nba_raw.slate` AS slate", "`nba_raw.slate` slate"),
        ],
    )
    def test_spelling(self, old, new):
        changed = TEXT.replace(old, new)
        assert changed != TEXT
        assert Statement(changed).fingerprint == Statement(TEXT).fingerprint
        assert version(changed) == version()

    def test_reformatted(self):
        on_one_line = " ".join(TEXT.split())
        assert version(on_one_line) == version()
        tree = Statement(TEXT).tree
        assert version(tree.sql(dialect="bigquery", pretty=True)) == version()

    def test_what_changes_no_row(self):
        """Words, gates and windows may change without a recomputation of what is right."""
        for changes in (
            {"description": "Other words."},
            {"canaries": (Canary(column="points"),)},
            {"tolerances": (Tolerance(columns=("points",), null_share=1, why="Words."),)},
            {"minimum_coverage": 0.5},
            {"inputs": ()},
        ):
            assert version(contract=dataclasses.replace(CONTRACT, **changes)) == version()
        assert version(contract=with_column(2, description="Other words.")) == version()


class TestChanged:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("games.game_date < slate", "games.game_date <= slate"),
            ("game_date < @end_date", "game_date <= @end_date"),
            ("1.5 *", "1.6 *"),
            ("games.points,", "games.points + 0 AS points,"),
            ("games.team = slate.home_team", "games.team = slate.away_team"),
            ("JOIN games", "LEFT JOIN games"),
            ("@history_start", "@start_date"),
            ("`nba_raw.games`", "`nba_raw.other_games`"),
            ("SELECT slate", "SELECT DISTINCT slate"),
        ],
    )
    def test_logic(self, old, new):
        changed = TEXT.replace(old, new, 1)
        assert changed != TEXT
        assert Statement(changed).fingerprint != Statement(TEXT).fingerprint
        assert version(changed) != version()

    @pytest.mark.parametrize(
        ("at", "changes"),
        [
            (3, {"digits": 3}),
            (3, {"minimum": 0}),
            (3, {"maximum": 100}),
            (2, {"minimum": 1}),
            (2, {"nullable": False}),
            (1, {"one_of": ("BOS", "NYK")}),
            (1, {"name": "team_abbr"}),
        ],
    )
    def test_column(self, at, changes):
        if "name" in changes:
            columns = (*CONTRACT.columns[:1], text("team_abbr", "The team."), *CONTRACT.columns[2:])
            contract = dataclasses.replace(
                CONTRACT, columns=columns, key=("game_date", "team_abbr")
            )
        else:
            contract = with_column(at, **changes)
        assert version(contract=contract) != version()

    @pytest.mark.parametrize(
        "changes",
        [
            {"key": ("game_date",)},
            {"date_column": None},
            {"row_checks": ()},
            {"row_checks": (RowCheck(name="no_points", bad_when="points < 0"),)},
        ],
    )
    def test_contract(self, changes):
        assert version(contract=dataclasses.replace(CONTRACT, **changes)) != version()


class TestReads:
    def test_through_steps(self):
        assert Statement(TEXT).reads == {
            "nba_raw.games": ("game_date", "points", "team"),
            "nba_raw.slate": ("game_date", "home_team"),
        }

    def test_in_a_subquery(self):
        statement = Statement(
            "SELECT slate.game_date FROM `nba_raw.slate` AS slate"
            " WHERE slate.home_team IN (SELECT games.team FROM `nba_raw.games` AS games)"
        )
        assert statement.reads == {
            "nba_raw.games": ("team",),
            "nba_raw.slate": ("game_date", "home_team"),
        }

    def test_ambiguous_column(self):
        ambiguous = TEXT.replace("games.points,", "points,")
        with pytest.raises(ContractError, match=r"column points .* 2 sources \(games, slate\)"):
            _ = Statement(ambiguous).reads

    @pytest.mark.parametrize("processor", tuple(load()), ids=lambda one: one.table)
    def test_lock(self, processor):
        """What is shipped beside a statement is what its tree says."""
        tree, statement = processor.statement.tree, processor.statement
        assert statement.reads == columns_read(tree)
        reformatted = Statement(canonical(tree))
        assert statement.fingerprint == reformatted.fingerprint


class TestParsing:
    @pytest.mark.parametrize("content", ["SELECT FROM WHERE", "SELECT (1 AS one"])
    def test_not_sql(self, content):
        with pytest.raises(ContractError, match="cannot be parsed"):
            _ = Statement(content).tree

    @pytest.mark.parametrize(
        "content",
        ["DELETE FROM x WHERE TRUE", "CREATE TABLE x AS SELECT 1 AS one", "SELECT 1; SELECT 2"],
    )
    def test_not_a_query(self, content):
        with pytest.raises(ContractError, match=r"one SELECT, not (DELETE|CREATE|BLOCK)"):
            _ = Statement(content).tree


class TestColumns:
    def test_in_order(self):
        Statement(TEXT).check_columns(CONTRACT)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                "games.team, games.points,",
                "games.points, games.team,",
                "yields points where .* has team",
            ),
            ("AS half_more", "AS more", "yields more where .* has half_more"),
            (", 1.5 * games.points AS half_more", "", "yields nothing where .* has half_more"),
        ],
    )
    def test_differs(self, old, new, message):
        with pytest.raises(ContractError, match=rf"nba_analytics\.recent: .* {message}"):
            Statement(TEXT.replace(old, new)).check_columns(CONTRACT)
