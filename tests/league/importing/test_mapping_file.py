"""Mappings: the shipped ones hold, a wrong one is explained."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from league.importing.errors import MappingError
from league.importing.mapping_file import load, parse, shipped
from league.importing.rules import (
    ColumnRule,
    PairRule,
    PlayerRule,
    RefuseRule,
    Source,
    Transform,
)

GOOD = """
description = "Own"
[[source]]
table = "schedule"
files = "mine*"
[source.columns]
game_id = "id"
season_phase = { column = "kind", values = "kinds" }
tipoff_at = { column = "start", as = "eastern" }
[values.kinds]
R = "regular"
"""


def fault(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        parse(text, "mine.toml")
    return caught.value.message


def test_shipped() -> None:
    assert shipped() == ("archive", "nba_api")
    assert all(load(name).source for name in shipped())


def test_own_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    assert load(path).source[0].needs() == {
        "id": "game_id",
        "kind": "season_phase",
        "start": "tipoff_at",
    }


def test_unknown_name() -> None:
    with pytest.raises(MappingError, match=r"No mapping `nba-api`: the nearest there is `nba_api`"):
        load("nba-api")


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ('files = "mine*"', 'file = "mine*"', "`source.0.file`; the nearest there is `files`"),
        ("description", "descripton", "`descripton`; the nearest there is `description`"),
        ('column = "kind"', 'colum = "kind"', "the nearest there is `column`"),
        (
            'as = "eastern"',
            'as = "easter"',
            "no transform `easter`; the nearest there is `eastern`",
        ),
        ('table = "schedule"', 'table = "schedul"', "the nearest there is `schedule`"),
        ("game_id =", "gameid =", "`gameid` is no column to be filled; the nearest there is `game"),
        ('values = "kinds"', 'values = "kind"', "no values `kind`; the nearest there is `kinds`"),
        ('as = "eastern"', 'as = "upper"', 'as = "upper"` fills STRING, not TIMESTAMP'),
        ('column = "start"', "optional = true", "exactly one of `column`, `constant`"),
        ('as = "eastern"', "pattern = '(a)(b)'", "exactly one group"),
        ('as = "eastern"', "pattern = '(a'", "no regular expression"),
        ("[values.kinds]", "[values.kinds", "is not TOML"),
    ],
)
def test_wrong(wrong: str, right: str, message: str) -> None:
    assert message in fault(GOOD.replace(wrong, right))


def test_worked_out_columns_are_not_mapped() -> None:
    assert "no column to be filled" in fault(
        'description = ""\n[[source]]\ntable = "shots"\nfiles = "x"\n[source.columns]\n'
        'player_lookup = "name"\n'
    )


def test_player_is_needed() -> None:
    assert "needs a `player` table" in fault(
        'description = ""\n[[source]]\ntable = "shots"\nfiles = "x"\n'
    )


def test_refusal_needs_one_condition() -> None:
    assert "exactly one of `equals`, `differs`" in fault(
        GOOD.replace(
            "[values.kinds]", '[[source.refuse]]\ncolumn = "a"\nreason = "b"\n[values.kinds]'
        )
    )


class TestDocument:
    """docs/importing.md holds what is true."""

    text = (Path(__file__).parents[3] / "docs" / "importing.md").read_text("utf-8")

    def test_example_is_a_mapping(self) -> None:
        example = self.text.split("```toml\n")[1].split("```")[0]
        assert [one.table for one in parse(example, "example").source] == [
            "schedule",
            "odds_player_points",
        ]

    @pytest.mark.parametrize("transform", get_args(Transform))
    def test_names_every_transform(self, transform: str) -> None:
        assert f"`{transform}`" in self.text

    @pytest.mark.parametrize("model", [ColumnRule, PlayerRule, PairRule, RefuseRule, Source])
    def test_names_every_key(self, model: type[BaseModel]) -> None:
        for name, field in model.model_fields.items():
            key = field.alias or name
            assert re.search(rf"[`\n\[.{{ ]{key}\b", self.text), key

    @pytest.mark.parametrize("name", shipped())
    def test_names_every_shipped_mapping(self, name: str) -> None:
        assert f"| `{name}` |" in self.text
