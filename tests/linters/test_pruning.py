"""Every text of the product reads partitions by bare bounds; a fault in any is caught."""

from __future__ import annotations

import re

import pytest

from pipeline import at_work, calendar, died, handoff, history, ledger, told
from pipeline.audit import backtest, demonstration, recomputing, verification
from pipeline.audit.cutoff import forbidden
from pipeline.audit.operations import Operation, texts
from pipeline.distributions import DAYS
from pipeline.holdings import holdings_text
from pipeline.trace import texts as trace
from processors.contract import Cutoff
from service.push import letters, remembering
from warehouse.bigquery.schema import requires_filter

from .product import REGISTRY, engine_texts, every_text, fork_texts, types_in
from .pruning import partitions_are_pruned

GAMES = REGISTRY.contracts["nba_analytics.player_game_summary"]
SHOTS = REGISTRY.contracts["nba_raw.shots"]
TEXTS = tuple(every_text())
LONG = 3000
"""Longer ones are those of the processors, and many times the same of one column after another."""
NEVER_DATED = re.compile(r"nba_raw\.players\b|staging\.\w+")


def faults(text: str) -> list[str]:
    return partitions_are_pruned(text, REGISTRY.contracts)


def test_clean():
    found = {text: faults(text) for text in TEXTS}
    assert {text: said for text, said in found.items() if said} == {}
    assert len(found) > 300


def test_types_of_parameters():
    """Each is known, so that its type can be held against the column's."""
    for text in TEXTS:
        types_in(text)


def test_of_the_engine():
    assert {text: said for text in engine_texts() if (said := faults(text))} == {}


def test_of_a_fork():
    """It holds no more than an audit reads, so nothing is to be saved; but a table that wants to be
    asked for dates wants that there too."""
    strict = {one.table for one in REGISTRY.contracts.values() if requires_filter(one)}
    found = [one for text in fork_texts() for one in faults(text) if "lower" in one]
    assert found
    assert {one.partition(":")[0] for one in found} == {"nba_raw.schedule"}
    assert "nba_raw.schedule" not in strict


class TestPartitionsArePruned:
    """A fault planted in real texts."""

    @pytest.mark.parametrize(
        ("text", "old", "new"),
        [
            # No bound at all, a lower one alone, an upper one alone.
            (ledger.PROVEN, "recorded_at >= @since AND ", ""),
            (died.UNFINISHED, "WHERE recorded_at >= @since", ""),
            (calendar.SCHEDULE, " AND game_date <= @last_date", ""),
            (calendar.SCHEDULE, "game_date >= @first_date AND ", ""),
            (DAYS, "WHERE game_date >= @first_date AND game_date <= @last_date", ""),
            (handoff.UNDONE, "WHERE recorded_at >= @since", ""),
            (verification.changed_text(GAMES), "game_date = @day AND", ""),
            (recomputing.row_text(GAMES, f"`{GAMES.table}`"), "game_date = @key_game_date", "TRUE"),
            (
                demonstration.SEASONS,
                "AND game.game_date >= @first_date AND game.game_date <= @last_date",
                "",
            ),
            # Of the rows that were recorded, the end alone.
            (told.SAID, "recorded_at >= @since", "recorded_at <= @since"),
            # One of two places.
            (letters.NEWEST, "kept.recorded_at >= @since AND ", ""),
            (letters.NEWEST, "WHERE recorded_at >= @since\n", ""),
            (at_work.TOLD, "said.recorded_at >= @told_since\n    AND ", ""),
            (remembering.DONE, "WHERE recorded_at >= @since AND event = 'kept'", "WHERE TRUE"),
            (trace.SETTING, "recorded_at >= @since AND ", ""),
            (trace.GAMES, "AND line.game_date >= @first_day AND line.game_date <= @day", ""),
            (history.RECENT, "recorded_at >= @since\n    AND table_name", "table_name"),
            (holdings_text(SHOTS), "game_date >= @first_date AND game_date <= @last_date", "TRUE"),
            (
                backtest.FORESIGHT,
                "AND after.game_date >= @first_date AND after.game_date <= @last_date",
                "",
            ),
            # By another table's column only, or by a name that two tables have.
            (backtest.EVENINGS, "line.game_date = @day", "line.game_date = played.game_date"),
            (letters.NEWEST, "WHERE kept.recorded_at >= @since", "WHERE recorded_at >= @since"),
            # Where it need not hold.
            (ledger.PROVEN, "@since AND output", "@since OR output"),
            (ledger.PROVEN, "recorded_at >= @since", "NOT recorded_at >= @since"),
            (handoff.RUNS, "WHERE recorded_at >= @since", "QUALIFY recorded_at >= @since"),
            (
                handoff.RUNS,
                "WHERE recorded_at >= @since\n  GROUP BY run_id",
                "GROUP BY run_id HAVING MAX(recorded_at) >= @since",
            ),
            # The column converted, wrapped or reckoned with.
            (ledger.PROVEN, "recorded_at >=", "DATE(recorded_at) >="),
            (ledger.PROVEN, "recorded_at >=", "CAST(recorded_at AS TIMESTAMP) >="),
            (ledger.PROVEN, "recorded_at >=", "TIMESTAMP_TRUNC(recorded_at, DAY) >="),
            (calendar.SCHEDULE, "game_date >= ", "DATE_ADD(game_date, INTERVAL 1 DAY) >= "),
            (calendar.SCHEDULE, "game_date >= ", "COALESCE(game_date, @first_date) >= "),
            (calendar.SCHEDULE, "game_date >= ", "game_date + 0 >= "),
            # What it is compared with, of another type or converted.
            (ledger.PROVEN, "@since", "@first_date"),
            (calendar.SCHEDULE, "@first_date", "@since"),
            (calendar.SCHEDULE, "@first_date", "CAST(@since AS DATE)"),
            (calendar.SCHEDULE, "@first_date", "DATE(@since)"),
            (calendar.SCHEDULE, "@first_date", "'2024-10-01'"),
            (calendar.SCHEDULE, "@first_date", "TIMESTAMP '2024-10-01 00:00:00+00'"),
            (ledger.PROVEN, "@since", "DATE '2024-10-01'"),
            (ledger.PROVEN, "@since", "TIMESTAMP(@first_date)"),
            (ledger.PROVEN, "@since", "(SELECT MAX(recorded_at) FROM seen)"),
            # A column that is no partition's.
            (told.SAID, "recorded_at >= @since AND ", ""),
        ],
    )
    def test_fault(self, text, old, new):
        assert text.count(old) >= 1, f"the text no longer holds: {old}"
        assert faults(text) == []
        assert faults(text.replace(old, new, 1)) != []

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("game_date >= @first_date", "@first_date <= game_date"),
            ("game_date >= @first_date", "game_date > DATE '2024-10-01'"),
            ("game_date >= @first_date", "NOT game_date < @first_date"),
            ("game_date >= @first_date", "game_date = @first_date"),
            ("game_date >= @first_date", "game_date >= DATE_SUB(@first_date, INTERVAL 14 DAY)"),
            ("game_date >= @first_date AND", "(game_date >= @first_date) AND TRUE AND"),
        ],
    )
    def test_as_good(self, old, new):
        assert old in calendar.SCHEDULE
        assert faults(calendar.SCHEDULE.replace(old, new)) == []

    def test_unknown_table(self):
        found = faults("SELECT COUNT(*) FROM `nba_raw.referees`")
        assert found == ["nba_raw.referees is read, of which there is no contract"]

    def test_what_is_changed(self):
        """The audit's own changes are of a fork, which holds no more than it reads: they name no
        dates for its sake, and the same on a stored table would be caught."""
        (one,) = forbidden([GAMES], Cutoff.AFTER_GAME)
        for operation in (Operation.DELETE, Operation.FALSIFY, Operation.DUPLICATE):
            for text in texts(operation, one):
                (said,) = faults(text.replace("AND_ONLY", ""))
                assert said == f"{GAMES.table}: no bare upper bound of game_date by a DATE"

    def test_every_partitioned_table_is_caught(self):
        """Whatever text reads a partitioned table: without its conditions it has a fault."""
        for text in TEXTS:
            if len(text) < LONG and re.search(r"`nba_\w+\.\w+`", NEVER_DATED.sub("", text)):
                loose = re.sub(r"(>=|<=|<|=) *@\w+", "IS NOT NULL", text)
                loose = re.sub(r"(>=|<=) *(DATE|TIMESTAMP) '[^']*'", "IS NOT NULL", loose)
                assert loose == text or faults(loose), text
