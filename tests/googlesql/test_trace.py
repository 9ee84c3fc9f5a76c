"""Google's analyser reads the statements of a trace."""

from __future__ import annotations

from pipeline.trace import texts
from pipeline.trace.facts import PlayerGame, TeamGame
from processors.features import FEATURES
from processors.registry import load
from tests.googlesql.analysis import analyse
from tests.linters.product import types_in

TABLES = tuple(load().contracts.values())


def output(text: str) -> list[tuple[str, str]]:
    return analyse(text, TABLES, types_in(text))


def test_setting() -> None:
    kinds = dict(output(texts.SETTING))
    assert len(kinds) == 17
    assert (kinds["tipoff_at"], kinds["is_expected"]) == ("TIMESTAMP", "BOOL")
    assert (kinds["last_game_date"], kinds["store_rows"]) == ("DATE", "INT64")


def test_stored() -> None:
    found = output(texts.STORED)
    wanted = [(one.name, one.column.type.value) for one in FEATURES]
    assert found[-len(wanted) :] == wanted


def test_games() -> None:
    """Fields are filled in the order of the columns."""
    assert len(output(texts.GAMES)) == len(PlayerGame.__dataclass_fields__) + 1
    assert output(texts.GAMES)[-1] == ("player_name", "STRING")
    assert len(output(texts.TEAMS)) == len(TeamGame.__dataclass_fields__)


def test_lines_and_names() -> None:
    assert [kind for _, kind in output(texts.LINES)] == [
        "BOOL",
        "STRING",
        "STRING",
        "TIMESTAMP",
        "FLOAT64",
        "FLOAT64",
        "FLOAT64",
    ]
    assert output(texts.NAMES) == [("player_lookup", "STRING"), ("player_name", "STRING")]
