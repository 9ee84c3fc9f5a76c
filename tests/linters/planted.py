"""Faults planted in real statements, so that a rule can be seen to catch them."""

from __future__ import annotations

import dataclasses

from processors.registry import load
from processors.statement import Statement
from processors.window import Window

from .reading import Reading
from .rules import Rule

REGISTRY = load()
ASOF = "player_asof"
TEAM_ASOF = "team_asof"
TEAM_FORM = "team_form"
GAMES = "player_game_summary"
LINES = "player_lines"
PLAYERS = "upcoming_player_game_context"
TEAMS = "upcoming_team_game_context"
OFFENSE = "team_offense_game_summary"
SYSTEMS = "system_predictions"
SAID = "player_prop_predictions"


def read(
    name: str, *changes: tuple[str, str], window: tuple[str, Window | None] | None = None
) -> Reading:
    """The statement of a table with texts exchanged, and an input's window if asked."""
    processor = next(one for one in REGISTRY if one.contract.name == name)
    text, contract = processor.statement.text, processor.contract
    for old, new in changes:
        assert old in text, f"{name} no longer holds: {old}"
        text = text.replace(old, new, 1)
    if window:
        inputs = tuple(
            dataclasses.replace(one, window=window[1]) if one.table == window[0] else one
            for one in contract.inputs
        )
        contract = dataclasses.replace(contract, inputs=inputs)
    return Reading(Statement(text), contract, REGISTRY.contracts)


def beside(expression: str) -> Reading:
    """A small statement that computes one expression more, over player_game_summary."""
    first = "SELECT player_lookup, team_abbr,"
    return read(ASOF, (first, first.replace("SELECT", f"SELECT {expression} AS beside,")))


def assert_caught(rule: Rule, reading: Reading, *, naming: str = "") -> None:
    found = rule(reading)
    assert any(naming in one for one in found), found
