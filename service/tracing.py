"""A trace as the API tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.trace.checking import Check
from pipeline.trace.facts import Facts, Line, PlayerGame, TeamGame
from pipeline.trace.reading import StoredRow
from pipeline.trace.tracing import FeatureTrace, Trace
from processors.features_page import sets_of
from service.models.trace import (
    AbsentOf,
    CheckOf,
    FeatureOf,
    GameOf,
    LineOf,
    RowOf,
    SaidByOf,
    SettingOf,
    TeamGameOf,
    Traced,
    WindowOf,
)


def traced(found: Trace) -> Traced:
    facts = found.facts
    setting, day = facts.setting, facts.setting.day
    return Traced(
        date=day,
        player_lookup=setting.player,
        player_name=setting.name,
        season_year=setting.season_year,
        setting=SettingOf(
            game_id=setting.game_id,
            tipoff_at=setting.tipoff_at,
            season_phase=setting.season_phase,
            team=setting.team,
            opponent=setting.opponent,
            is_home=setting.is_home,
            expected=setting.expected,
            player_status=setting.status,
            injury_report_at=setting.reported_at,
        ),
        row=_row(found.stored) if found.stored else None,
        absent=(
            AbsentOf(why=found.absence.why, reason=found.absence.reason) if found.absence else None
        ),
        verdicts=dict(found.verdicts),
        features=[_feature(one) for one in found.features],
        games=[_game(one, day) for one in _shown(facts)],
        team_games=[_team_game(one, day) for one in facts.team_games],
        opponent_games=[_team_game(one, day) for one in facts.opponent_games],
        lines=[_line(one) for one in facts.lines],
        game_lines=[_line(one) for one in facts.game_lines],
    )


def _shown(facts: Facts) -> Sequence[PlayerGame]:
    setting = facts.setting
    return [
        one
        for one in facts.games
        if one.season_year == setting.season_year or one.opponent == setting.opponent
    ]


def _row(stored: StoredRow) -> RowOf:
    return RowOf(
        is_placeholder=stored.is_placeholder,
        early_season_flag=stored.early_season,
        insufficient_data_reason=stored.insufficient_data_reason,
        missing_features=_names(stored.missing_features),
        ready_feature_sets=_names(stored.ready_feature_sets),
        feature_quality_score=stored.quality,
        logic_version=stored.logic_version,
        run_id=stored.run_id,
        processed_at=stored.processed_at,
    )


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _feature(one: FeatureTrace) -> FeatureOf:
    feature = one.feature
    return FeatureOf(
        index=feature.index,
        name=feature.name,
        unit=feature.unit,
        source=feature.source,
        sentence=feature.formula,
        said_by=[
            SaidByOf(table=said.table, column=said.column, description=said.description)
            for said in one.said_by
        ],
        sets=list(sets_of(feature)),
        required=feature.required,
        value=one.value,
        comes_from=[
            WindowOf(whose=window.whose, says=window.says, games=list(window.days))
            for window in one.comes_from
        ],
        check=_check(one.check, one.trail.unchecked),
    )


def _check(check: Check, unchecked: str | None) -> CheckOf:
    return CheckOf(
        verdict=check.verdict,
        recomputed=check.honest.value if check.honest else None,
        steps=check.honest.steps if check.honest else None,
        leaked=check.leaked.value if check.leaked else None,
        leaked_steps=check.leaked.steps if check.leaked else None,
        tells_apart=check.tells_apart,
        door=check.door,
        unchecked=unchecked,
    )


def _game(one: PlayerGame, day: date) -> GameOf:
    return GameOf(
        date=one.day,
        of_the_date=one.day == day,
        game_id=one.game_id,
        season_year=one.season_year,
        team=one.team,
        opponent=one.opponent,
        is_home=one.is_home,
        played=one.played,
        seconds_played=one.seconds,
        points=one.points,
        fg_attempted=one.fg_attempted,
        ft_made=one.ft_made,
        ft_attempted=one.ft_attempted,
        turnovers=one.turnovers,
        usage_rate=one.usage_rate,
        has_shots=one.has_shots,
        paint_attempts=one.paint,
        mid_range_attempts=one.mid_range,
        three_pt_attempts=one.three,
        line=one.line,
    )


def _team_game(one: TeamGame, day: date) -> TeamGameOf:
    return TeamGameOf(
        date=one.day,
        of_the_date=one.day == day,
        game_id=one.game_id,
        opponent=one.opponent,
        is_home=one.is_home,
        won=one.won,
        points=one.points,
        allowed=one.allowed,
        possessions=one.possessions,
        pace=one.pace,
        offensive_rating=one.offensive_rating,
        opponent_possessions=one.opponent_possessions,
        opponent_pace=one.opponent_pace,
        defensive_rating=one.defensive_rating,
        paint_points_allowed=one.paint_allowed,
        mid_range_points_allowed=one.mid_range_allowed,
        three_pt_points_allowed=one.three_allowed,
    )


def _line(one: Line) -> LineOf:
    return LineOf(
        provider=one.provider,
        bookmaker=one.bookmaker,
        captured_at=one.captured_at,
        before_tipoff=one.before_tipoff,
        points=one.points,
        spread_home=one.spread,
        total=one.total,
    )
