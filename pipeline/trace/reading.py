"""Reading what a trace stands on: one player, one date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import TypeVar

from pipeline.run import Pipeline
from pipeline.since import BEGINNING
from pipeline.trace.facts import Facts, Line, PlayerGame, Setting, TeamGame
from pipeline.trace.history import YEAR
from pipeline.trace.texts import GAMES, LINES, NAMES, SETTING, STORED, TEAMS
from processors.errors import UsageError
from processors.features import FEATURES
from warehouse.interface import Row, Warehouse

NEAR = 5

Game = TypeVar("Game", PlayerGame, TeamGame)


@dataclass(frozen=True, kw_only=True)
class StoredRow:
    """His row of the feature store."""

    early_season: bool | None
    insufficient_data_reason: str | None
    missing_features: str
    ready_feature_sets: str
    quality: float | None
    logic_version: str
    run_id: str
    processed_at: datetime
    values: Mapping[str, int | float | None]

    @property
    def is_placeholder(self) -> bool:
        """A bootstrap day's, that says who plays, and of him nothing."""
        return (self.insufficient_data_reason or "").startswith("bootstrap")


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was found."""

    facts: Facts
    stored: StoredRow | None


def read(pipeline: Pipeline, day: date, player: str) -> Read:
    """Refused where nobody of that name is known."""
    with pipeline.looking() as known:
        season = known.calendar.season_of(day)
    warehouse = pipeline.warehouse
    start = season.start if season else day
    year = season.year if season else None
    first_day = min(start, day - timedelta(days=YEAR))
    rows = warehouse.rows(GAMES, player=player, first_day=first_day, day=day)
    setting = _setting(
        warehouse.rows(SETTING, player=player, day=day, since=BEGINNING)[0],
        day,
        player,
        year,
        next((row[-1] for row in rows), None),
    )
    if not rows and setting.name is None and not setting.expected:
        raise _unknown(warehouse, player)
    teams = warehouse.rows(
        TEAMS,
        team=setting.team or "",
        opponent=setting.opponent or "",
        season_year=year or 0,
        season_start=start,
        day=day,
    )
    lines = warehouse.rows(LINES, game_id=setting.game_id or "", player=player, day=day)
    stored = warehouse.rows(STORED, player=player, day=day)
    return Read(
        facts=Facts(
            setting=setting,
            games=[_in_order(PlayerGame, row) for row in rows],
            team_games=[_in_order(TeamGame, row) for row in teams if row[2] == setting.team],
            opponent_games=[
                _in_order(TeamGame, row) for row in teams if row[2] == setting.opponent
            ],
            lines=[_line(row, setting.tipoff_at) for row in lines if row[0]],
            game_lines=[_line(row, setting.tipoff_at) for row in lines if not row[0]],
        ),
        stored=_stored(stored[0]) if stored else None,
    )


def _setting(
    row: Row, day: date, player: str, season_year: int | None, box_name: str | None
) -> Setting:
    (name, game_id, tipoff, phase, team, home, away, expected, status, reported, *rest) = row
    stars, age, latest, latest_team, store_rows, context_rows, quarantined = rest
    plays = game_id is not None
    return Setting(
        day=day,
        player=player,
        name=box_name or name,
        season_year=season_year,
        game_id=game_id,
        tipoff_at=tipoff,
        season_phase=phase,
        team=team,
        opponent=(away if team == home else home) if plays else None,
        is_home=team == home if plays else None,
        expected=expected,
        status=status,
        reported_at=reported,
        stars_out=stars,
        age=age,
        latest_day=latest,
        latest_team=latest_team,
        store_rows=store_rows,
        context_rows=context_rows,
        quarantined=quarantined,
    )


def _in_order(kind: type[Game], row: Row) -> Game:
    """The statement yields the fields as they are declared, then perhaps others."""
    return kind(**dict(zip((one.name for one in fields(kind)), row, strict=False)))


def _line(row: Row, tipoff: datetime | None) -> Line:
    """Without a known tip-off nothing is known to be from before it."""
    _, provider, bookmaker, captured_at, points, spread, total = row
    return Line(
        provider=provider,
        bookmaker=bookmaker,
        captured_at=captured_at,
        before_tipoff=tipoff is not None and captured_at < tipoff,
        points=points,
        spread=spread,
        total=total,
    )


def _stored(row: Row) -> StoredRow:
    early, reason, missing, ready, quality, version, run_id, processed_at, *values = row
    return StoredRow(
        early_season=early,
        insufficient_data_reason=reason,
        missing_features=missing,
        ready_feature_sets=ready,
        quality=quality,
        logic_version=version,
        run_id=run_id,
        processed_at=processed_at,
        values=dict(zip((one.name for one in FEATURES), values, strict=True)),
    )


def _unknown(warehouse: Warehouse, player: str) -> UsageError:
    names: dict[str, str] = dict(warehouse.rows(NAMES))
    by_name = {str(name).casefold(): lookup for lookup, name in names.items()}
    near = list(get_close_matches(player.casefold(), names, n=NEAR, cutoff=0.6))
    for name in get_close_matches(player.casefold(), by_name, n=NEAR, cutoff=0.6):
        if by_name[name] not in near:
            near.append(by_name[name])
    hint = f"; near are {', '.join(near[:NEAR])}" if near else ""
    return UsageError(
        f"no player is called {player[:60]!r}: write his player_lookup{hint}",
        near=", ".join(near[:NEAR]),
    )
