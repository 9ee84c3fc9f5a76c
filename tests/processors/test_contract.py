"""What a contract refuses to promise, and what it tells of its table."""

from __future__ import annotations

import pytest

from processors.columns import Column, Type, count, day, real, share, text
from processors.contract import BOOKKEEPING, Contract, Layer

COLUMNS = (
    day("game_date", "The date.", nullable=False),
    text("team_abbr", "The team.", nullable=False),
    count("points", "Points."),
)


def contract(**changes):
    parts = {
        "table": "nba_raw.games",
        "description": "Games.",
        "layer": Layer.RAW,
        "key": ("game_date", "team_abbr"),
        "date_column": "game_date",
        "columns": COLUMNS,
    }
    return Contract(**{**parts, **changes})


class TestRefusals:
    def test_column_twice(self):
        with pytest.raises(ValueError, match=r"nba_raw\.games: .* declared twice: points$"):
            contract(columns=(*COLUMNS, count("points", "Points again.")))

    def test_unknown_key(self):
        with pytest.raises(ValueError, match=r"nba_raw\.games: game_id is in the key"):
            contract(key=("game_id",))

    def test_unknown_date_column(self):
        with pytest.raises(ValueError, match=r"nba_raw\.games: analysis_date"):
            contract(date_column="analysis_date")

    def test_positional(self):
        with pytest.raises(TypeError):
            Contract("nba_raw.games")


class TestColumn:
    def test_float_without_digits(self):
        with pytest.raises(ValueError, match="pace: FLOAT64 declares its digits"):
            Column(name="pace", type=Type.FLOAT64, description="Pace.")

    @pytest.mark.parametrize("kind", [one for one in Type if one is not Type.FLOAT64])
    def test_digits_of_anything_else(self, kind):
        with pytest.raises(ValueError, match="nothing else does"):
            Column(name="points", type=kind, description="Points.", digits=2)

    @pytest.mark.parametrize("digits", [-1, 7])
    def test_digits_out_of_range(self, digits):
        with pytest.raises(ValueError, match=f"0 to 6 digits, not {digits}"):
            real("pace", "Pace.", digits=digits)

    def test_makers(self):
        assert count("points", "Points.").minimum == 0
        assert (share("pct", "A share.").minimum, share("pct", "A share.").maximum) == (0, 1)
        assert real("pace", "Pace.").digits == 6
        assert text("name", "A name.", one_of=("a", "b")).one_of == ("a", "b")


class TestTable:
    def test_names(self):
        games = contract()
        assert (games.dataset, games.name) == ("nba_raw", "games")
        assert games.column_names == ("game_date", "team_abbr", "points")
        assert games.column("points") is COLUMNS[2]

    def test_without_dates(self):
        assert contract(date_column=None, key=("team_abbr",)).date_column is None

    @pytest.mark.parametrize(
        ("layer", "is_computed", "bootstrap"),
        [
            (Layer.RAW, False, False),
            (Layer.ANALYTICS, True, False),
            (Layer.PRECOMPUTE, True, True),
            (Layer.OPS, False, False),
        ],
    )
    def test_layers(self, layer, is_computed, bootstrap):
        games = contract(layer=layer)
        assert (games.is_computed, games.bootstrap) == (is_computed, bootstrap)
        assert games.stored_columns == (COLUMNS + BOOKKEEPING if is_computed else COLUMNS)
