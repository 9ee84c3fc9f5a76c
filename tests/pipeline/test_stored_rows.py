"""Stored rows, a page at a time."""

from __future__ import annotations

import pytest

from pipeline.stored_rows import read_rows
from processors.errors import ContractError, UsageError
from processors.registry import load
from tests.oracle.tiny import day
from tests.pipeline.small import GAMES, OFFENSE, PEOPLE, by_hand, league, run
from tests.worlds import load_rows

CONTRACTS = load().contracts
LOOKUP = CONTRACTS[GAMES].column_names.index("player_lookup")


@pytest.fixture(scope="module")
def pipeline():
    """Two dates of sixteen; who bos0 and bos1 are is known."""
    made = league(2).pipeline()
    people = [("bos0", "Luka Dončić"), ("bos1", "100%_Sure O'Neal"), ("bos7", "<b>Bold</b>")]
    load_rows(
        made.warehouse,
        {PEOPLE: [{"player_lookup": key, "player_name": name} for key, name in people]},
    )
    run(made, 0, 1, GAMES, OFFENSE)
    return made


def read(pipeline, player="", *, page=1, size=50, table=GAMES, number=0):
    return read_rows(
        pipeline.warehouse, CONTRACTS[table], day(number), player=player, page=page, size=size
    )


def lookups(found):
    return [row[LOOKUP] for row in found.rows]


def test_every_row_once_in_order(pipeline):
    pages = [read(pipeline, page=number, size=6) for number in (1, 2, 3, 4)]
    found = [one for page in pages for one in lookups(page)]
    assert found == sorted(f"{team}{number}" for team in ("bos", "nyk") for number in range(8))
    assert [len(one.rows) for one in pages] == [6, 6, 4, 0]
    assert {(one.in_all, one.in_search) for one in pages} == {(16, 16)}


def test_cells_in_the_contracts_order(pipeline):
    (first, *_) = read(pipeline).rows
    said = dict(zip(CONTRACTS[GAMES].column_names, first, strict=True))
    assert (said["game_date"], said["player_lookup"], said["points"]) == (day(0), "bos0", 10)


@pytest.mark.parametrize(
    ("player", "wanted"),
    [
        ("BOS3", ["bos3"]),
        ("dončić", ["bos0"]),
        ("LUKA D", ["bos0"]),
        ("bos 5", ["bos5"]),
        ("%", ["bos1"]),
        ("_", ["bos1"]),
        ("o'neal", ["bos1"]),
        ("<B>", ["bos7"]),
        ("' OR '1'='1", []),
        ("nobody", []),
    ],
)
def test_found_by_part_of_name_or_lookup(pipeline, player, wanted):
    found = read(pipeline, player)
    assert lookups(found) == wanted
    assert (found.in_all, found.in_search) == (16, len(wanted))


def test_names(pipeline):
    found = read(pipeline)
    named = dict(zip(lookups(found), found.names, strict=True))
    assert (named["bos0"], named["bos2"]) == ("Luka Dončić", None)


def test_table_without_players(pipeline):
    found = read(pipeline, table=OFFENSE)
    assert (found.in_all, len(found.rows), found.names) == (2, 2, [None, None])
    with pytest.raises(UsageError, match="holds no players: leave out player='bos'"):
        read(pipeline, "bos", table=OFFENSE)


def test_nothing_stored(pipeline):
    found = read(pipeline, number=5)
    assert (found.in_all, found.in_search, list(found.rows)) == (0, 0, [])


def test_as_it_stands(pipeline):
    """Nothing is remembered: what somebody did to the file shows."""
    by_hand(pipeline, f"DELETE FROM {GAMES} WHERE game_date = '{day(1)}' AND points > 12")
    assert read(pipeline, number=1).in_all == 6


def test_table_without_dates(pipeline):
    with pytest.raises(ContractError, match="has no dates"):
        read(pipeline, table=PEOPLE)
