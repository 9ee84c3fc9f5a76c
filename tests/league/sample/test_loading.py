"""Loading a handful of source rows: what resolves, collapses, is turned and is refused."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from league.sample import CONTRACTS, Refusal
from league.sample.cells import Cells, join_rows, plain, text, texts
from league.sample.loading import load
from league.sample.sources import GAME_LINES, PLAYER_LINES, PLAYERS, SIDES, Sources

TABLES = {name: CONTRACTS[name] for name in (PLAYERS, PLAYER_LINES, GAME_LINES)}
NOON = np.datetime64("2025-11-04T12:00:00", "us")


def shared(count: int) -> dict[str, Cells]:
    return {
        "provider": text(["bettingpros"] * count),
        "bookmaker": text(["draftkings"] * count),
        "captured_at": plain(np.full(count, NOON)),
        "game_date": plain(np.full(count, np.datetime64("2025-11-04", "D"))),
        "captured_at_inferred": plain(np.zeros(count, dtype=bool)),
    }


@pytest.fixture
def sources() -> Sources:
    """Four spellings, of which one is nobody's; a spread told by both teams."""
    nobody = np.zeros(4, dtype=bool)
    return {
        PLAYERS: {
            "player_lookup": text(["amosbanejr", "jurgisucar"]),
            "player_name": text(["Amos Bane Jr.", "Jurģis Üçar"]),
            "birth_date": plain(np.full(2, np.datetime64("NaT", "D"))),
            "position": text(["G", "C"]),
            "aliases": text(["amosbane", None]),
            "source_ids": text([None, None]),
        },
        PLAYER_LINES: {
            "game_id": text(["g1"] * 4),
            "player_lookup": text(["amosbane", "amosbanejr", "jurgisucar", "nobody"]),
            "team": text([None] * 4),
            "points_line": plain(np.array([20.5, 20.5, 9.5, 3.5])),
            "over_price": plain(np.zeros(4, dtype=np.int64), known=nobody),
            "under_price": plain(np.zeros(4, dtype=np.int64), known=nobody),
            **shared(4),
        },
        GAME_LINES: {
            "game_id": text(["g1", "g1"]),
            "side": texts(np.array([0, 1]), SIDES),
            "spread": plain(np.array([-6.5, 6.5])),
            "total": plain(np.array([np.nan, np.nan])),
            **shared(2),
        },
    }


def test_resolved_and_collapsed(sources: Sources) -> None:
    tables, report = load(sources, TABLES)
    lines = tables[PLAYER_LINES]
    assert lines["player_lookup"].plain().tolist() == ["amosbanejr", "jurgisucar"]
    assert report.resolved_aliases == 1
    assert report.unresolved == {"nobody": 1}
    assert report.collapsed_duplicates == {PLAYER_LINES: 1}
    assert report.refused_contradictions == ()


def test_home_perspective(sources: Sources) -> None:
    tables, report = load(sources, TABLES)
    assert tables[GAME_LINES]["spread_home"].plain().tolist() == [-6.5]
    assert report.mirrored_spreads == 1


def test_contradiction(sources: Sources) -> None:
    lines = sources[PLAYER_LINES]
    other = {**lines, "points_line": plain(np.array([20.5, 20.5, 10.5, 3.5]))}
    tables, report = load({**sources, PLAYER_LINES: join_rows([lines, other])}, TABLES)
    assert tables[PLAYER_LINES]["player_lookup"].plain().tolist() == ["amosbanejr"]
    key = ("g1", "jurgisucar", "bettingpros", "draftkings", datetime(2025, 11, 4, 12))
    assert report.refused_contradictions == (Refusal(table=PLAYER_LINES, key=key, rows=2),)
