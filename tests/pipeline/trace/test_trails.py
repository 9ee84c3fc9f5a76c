"""Trails: every feature has one, its columns exist, and it comes from those games alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.trace.checking import FORMULAS
from pipeline.trace.facts import Facts, PlayerGame, TeamGame
from pipeline.trace.history import history
from pipeline.trace.trails import TRAILS, Whose
from processors.features import FEATURES
from processors.registry import Registry
from tests.pipeline.trace.worlds import DAY, facts, game, line, team_game

CHANCE = random.Random(11)
GAMES = [
    game(
        before,
        CHANCE.randint(4, 40),
        seconds=CHANCE.randint(600, 2400),
        usage_rate=CHANCE.randint(1000, 4000) / 100,
        has_shots=CHANCE.random() < 0.8,
        paint=CHANCE.randint(0, 9),
        ft_made=CHANCE.randint(0, 9),
        line=CHANCE.randint(10, 30) + 0.5,
        opponent=CHANCE.choice(["NYK", "LAL"]),
    )
    for before in range(2, 120, 3)
]
TEAM = [
    team_game(before, pace=90 + CHANCE.random() * 20, points=CHANCE.randint(80, 140))
    for before in range(2, 120, 3)
]
OPPONENT = [
    team_game(before, opponent_pace=90 + CHANCE.random() * 20, allowed=CHANCE.randint(80, 140))
    for before in range(1, 120, 3)
]
WORLD = facts(GAMES, TEAM, OPPONENT, [line(10, 20.5), line(20, 19.5, "fanduel")])
PLACES = {Whose.PLAYER: "games", Whose.TEAM: "team_games", Whose.OPPONENT: "opponent_games"}


def test_every_feature_has_one() -> None:
    assert set(TRAILS) == {one.name for one in FEATURES}
    assert all(trail.windows for trail in TRAILS.values())


def test_what_has_no_formula_says_why() -> None:
    assert set(FORMULAS) == {name for name, trail in TRAILS.items() if trail.unchecked is None}


def test_the_columns_are_there(registry: Registry) -> None:
    for feature in FEATURES:
        for table, column in TRAILS[feature.name].said_by:
            assert registry.contracts[table].column(column).description, (feature.name, column)


def test_the_cache_is_never_the_last_word(registry: Registry) -> None:
    """`The daily cache's.` and `player_form's.` can't be computed by hand: somebody says how."""
    for feature in FEATURES:
        if feature.formula.endswith(("cache's.", "factors'.", "_last_10.")):
            table, column = TRAILS[feature.name].said_by[-1]
            said = registry.contracts[table].column(column).description
            assert not said.endswith(("_form's.", "context's.", "cache's.")), feature.name


def window_of(name: str, whose: Whose) -> set[object]:
    """Of those games that the feature says it comes from."""
    honest = history(WORLD)
    return {
        one.day
        for window in TRAILS[name].windows
        if window.whose == whose
        for one in window.of(honest)
    }


def falsified(
    games: Sequence[PlayerGame] | Sequence[TeamGame], kept: set[object]
) -> list[PlayerGame] | list[TeamGame]:
    """Every number of every other game is another."""
    false: list[PlayerGame | TeamGame] = []
    for one in games:
        if one.day in kept:
            false.append(one)
        elif isinstance(one, PlayerGame):
            false.append(
                replace(one, points=99, seconds=60, usage_rate=99.0, paint=50, ft_made=44, line=1.0)
            )
        else:
            false.append(
                replace(one, pace=50.0, points=1, allowed=999, opponent_pace=50.0, won=False)
            )
    return false  # type: ignore[return-value]


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_no_other_game_changes_it(name: str) -> None:
    formula = FORMULAS[name]
    before = formula(history(WORLD)).value
    assert before is not None
    changed: Facts = WORLD
    for whose, place in PLACES.items():
        games = falsified(getattr(WORLD, place), window_of(name, whose))
        changed = replace(changed, **{place: games})
    uses_lines = any(one.whose in (Whose.LINES, Whose.GAME_LINES) for one in TRAILS[name].windows)
    if not uses_lines:
        changed = replace(changed, lines=[], game_lines=[])
    assert formula(history(changed)).value == before


@pytest.mark.parametrize(
    "name", sorted(name for name in FORMULAS if "_avg_" in name or "pace" in name)
)
def test_its_own_games_do(name: str) -> None:
    formula = FORMULAS[name]
    before = formula(history(WORLD)).value
    changed = replace(
        WORLD,
        games=falsified(WORLD.games, set()),
        team_games=falsified(WORLD.team_games, set()),
        opponent_games=falsified(WORLD.opponent_games, set()),
    )
    assert formula(history(changed)).value != before


@pytest.mark.parametrize("name", sorted(TRAILS))
def test_no_window_holds_the_date(name: str) -> None:
    late = replace(
        WORLD,
        games=[game(0, 60), *WORLD.games, game(-1, 60)],
        team_games=[team_game(0), *WORLD.team_games],
        opponent_games=[team_game(0), *WORLD.opponent_games],
    )
    honest = history(late)
    for window in TRAILS[name].windows:
        assert all(one.day <= DAY - timedelta(days=1) for one in window.of(honest))
