"""Why a player has no row of the store on a date."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.calendar import Expectation, Kind
from pipeline.trace.facts import Setting

RECENT_DAYS = 60


class Why(StrEnum):
    """In a word."""

    NO_GAMES = "no_games"
    BOOTSTRAP = "bootstrap"
    QUARANTINED = "quarantined"
    NOTHING_STORED = "nothing_stored"
    NOT_EXPECTED = "not_expected"
    OUT = "out"
    NO_RECENT_GAME = "no_recent_game"
    NO_ROW = "no_row"


@dataclass(frozen=True)
class Absence:
    """The word, and the sentence that says it of this player."""

    why: Why
    reason: str


def absence(setting: Setting, expectation: Expectation) -> Absence:
    """The first that holds, of what can be seen."""
    if expectation.kind is Kind.NO_GAMES:
        return Absence(Why.NO_GAMES, expectation.reason)
    if expectation.kind is Kind.BOOTSTRAP:
        return Absence(Why.BOOTSTRAP, expectation.reason)
    if not setting.context_rows:
        return Absence(
            Why.NOTHING_STORED,
            "no row of upcoming_player_game_context is stored for the date: nobody is known to be"
            " expected",
        )
    if not setting.expected:
        return Absence(Why.NOT_EXPECTED, _not_expected(setting))
    if setting.status in ("out", "doubtful"):
        seen = f", reported at {setting.reported_at} UTC" if setting.reported_at else ""
        return Absence(Why.OUT, f"{setting.status} before tip-off{seen}: the store leaves him out")
    if not _played_lately(setting):
        return Absence(
            Why.NO_RECENT_GAME,
            f"no game in the {RECENT_DAYS} days before the date; {_latest(setting)}",
        )
    if not setting.store_rows:
        return Absence(Why.NOTHING_STORED, "no row of the store is stored for the date")
    if setting.quarantined:
        return Absence(Why.QUARANTINED, f"his row was set aside: {setting.quarantined}")
    return Absence(
        Why.NO_ROW,
        f"he is expected, and yet none of the {setting.store_rows} rows of the store is his: it may"
        " be stale",
    )


def _played_lately(setting: Setting) -> bool:
    latest = setting.latest_day
    return latest is not None and (setting.day - latest).days <= RECENT_DAYS


def _latest(setting: Setting) -> str:
    if setting.latest_day is None:
        return "no game before the date is known of this season or the last"
    return f"his latest was on {setting.latest_day} for {setting.latest_team}"


def _not_expected(setting: Setting) -> str:
    """By his latest game or by a line: it was neither."""
    plays = "does not play" if setting.game_id is None else "plays"
    team = f", which {plays} on the date" if setting.latest_team else ""
    return (
        f"not among the {setting.context_rows} players expected on the date, neither by his latest"
        f" game nor by a line: {_latest(setting)}{team}"
    )
