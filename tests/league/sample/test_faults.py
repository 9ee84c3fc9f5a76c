"""Faults: refused at load and listed, or left in the tables for the pipeline to find."""

from __future__ import annotations

from league.sample import FAULTS, League
from league.sample.faults import BROKEN_MINUTES


def test_default_league_has_none(league: League) -> None:
    assert not {case.trap for case in league.planted} & {fault.name for fault in FAULTS}


def test_planted(league: League, broken: League) -> None:
    faults = [case for case in broken.planted if case not in league.planted]
    assert {case.trap for case in faults} == {fault.name for fault in FAULTS}


def test_contradictions(broken: League) -> None:
    refused = {(one.table, one.key): one.rows for one in broken.report.refused_contradictions}
    (box,) = broken.cases("contradicting_boxscore")
    (line,) = broken.cases("contradicting_line")
    box_key = (box.key["game_id"], box.key["player_lookup"])
    line_key = tuple(value for name, value in line.key.items() if name != "game_date")
    assert refused == {(box.table, box_key): 2, (line.table, line_key): 2}
    columns = broken.tables[box.table]
    assert box_key not in set(
        zip(columns["game_id"].tolist(), columns["player_lookup"].tolist(), strict=True)
    )


def test_broken_minutes(broken: League) -> None:
    days = {case.key["game_date"] for case in broken.cases("broken_minutes")}
    assert len(days) == 1
    columns = broken.tables["nba_raw.player_boxscores"]
    of_day = [
        minutes
        for minutes, day in zip(
            columns["minutes"].tolist(), columns["game_date"].tolist(), strict=True
        )
        if day in days
    ]
    bad = [minutes for minutes in of_day if minutes in BROKEN_MINUTES]
    assert sorted(bad) == sorted(BROKEN_MINUTES)
    assert len(bad) > 0.01 * sum(minutes != "" for minutes in of_day)


def test_missing_boxscores(league: League, broken: League) -> None:
    missing = {case.key["game_id"] for case in broken.cases("missing_boxscores")}
    days = {case.key["game_date"] for case in broken.cases("missing_boxscores")}
    table = "nba_raw.player_boxscores"
    assert len(days) == 1
    assert not missing & set(broken.tables[table]["game_id"].tolist())
    assert missing < set(league.tables[table]["game_id"].tolist())
    assert not days & set(broken.tables[table]["game_date"].tolist())
