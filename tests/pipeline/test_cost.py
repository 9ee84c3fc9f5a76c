"""What a plan costs: its statements as a run sends them, their bytes, the cap, what was billed."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace

import pytest

from pipeline import cost as pricing
from pipeline.batches import Batch, batches
from pipeline.cost import MOST_DRY_RUNS, Foretold, cost_of, foretell
from pipeline.plan import Request, make_request
from pipeline.run import Pipeline
from processors.errors import TooCostly, WarehouseDenied
from processors.registry import load
from tests.oracle.tiny import day
from tests.pipeline.billed import bill, read_by
from tests.pipeline.small import (
    GAMES,
    LINES,
    NEXT_SEASON,
    OFFENSE,
    PLAYER_FORM,
    ask,
    correct,
    league,
    ledger,
    run,
    watch,
)
from warehouse.interface import Span


def foretold_of(pipeline: Pipeline, request: Request, size: int) -> list[Batch]:
    pipeline.refresh()
    return list(
        batches(
            request,
            pipeline.plan(request),
            pipeline.registry,
            pipeline.assessor.calendar,
            size=size,
            placeholders=pipeline.bootstrap_placeholders,
        )
    )


def sent_by(pipeline: Pipeline, request: Request, size: int) -> list[tuple]:
    watched = watch(pipeline)
    with closing(pipeline.run_in_chunks(request, size=size)) as reports:
        list(reports)
    return watched.staged


def words(found: list[Batch]) -> list[tuple]:
    return [(one.table, one.span.start, one.span.end) for one in found]


class TestAsSent:
    """What is foretold is what is staged: the same statements, spans and order."""

    @pytest.mark.parametrize("size", [2, 40])
    def test_range(self, size):
        pipeline = league(3).pipeline()
        request = ask(pipeline, 0, 2, PLAYER_FORM)
        found = foretold_of(pipeline, request, size)
        assert words(found) == sent_by(pipeline, request, size)
        assert {one.table for one in found} > {GAMES, PLAYER_FORM}

    def test_gap(self):
        """Dates more than ten days apart take statements of their own."""
        pipeline = league(3, gap=11).pipeline()
        request = ask(pipeline, 0, 22, GAMES)
        found = foretold_of(pipeline, request, 40)
        assert words(found) == sent_by(pipeline, request, 40)
        assert [one.days for one in found] == [(day(0),), (day(11),), (day(22),)]
        near = league(3, gap=10).pipeline()
        (one,) = foretold_of(near, ask(near, 0, 20, GAMES), 40)
        assert (one.span.start, one.span.end) == (day(0), day(20))
        assert one.days == (day(0), day(10), day(20))

    def test_seasons(self):
        small = league(2)
        small.play("next", NEXT_SEASON, season_year=2025)
        pipeline = small.pipeline()
        request = ask(pipeline, 0, NEXT_SEASON, GAMES)
        found = foretold_of(pipeline, request, len(request.days))
        assert words(found) == sent_by(pipeline, request, len(request.days))
        assert len(found) == 2

    @pytest.mark.parametrize("size", [1, 5])
    def test_by_force(self, size):
        """A date that stands is computed again with the chunk that asks for it, and only there."""
        pipeline = league(3).pipeline()
        run(pipeline, 0, 2, PLAYER_FORM)
        request = ask(pipeline, 1, 2, GAMES, PLAYER_FORM, force=True)
        found = words(foretold_of(pipeline, request, size))
        sent = sent_by(pipeline, request, size)
        assert [one for one in found if one[0] in (GAMES, PLAYER_FORM)] == sent
        assert len(sent) == (4 if size == 1 else 2)
        # What lies between may have to be done, and turns out fresh.
        assert set(sent) < set(found)

    def test_fresh(self):
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1, OFFENSE)
        assert foretold_of(pipeline, ask(pipeline, 0, 1, OFFENSE), 40) == []

    def test_placeholders(self):
        pipeline = league(3).pipeline()
        pipeline.bootstrap_placeholders = True
        store = "nba_predictions.ml_feature_store_v2"
        request = ask(pipeline, 2, 2, store)
        found = foretold_of(pipeline, request, 40)
        assert words(found) == sent_by(pipeline, request, 40)
        assert found[-1].processor == pipeline.registry.processors[store].in_bootstrap


class TestWaits:
    def test_what_is_not_there_yet(self):
        pipeline = league(3).pipeline()
        found = foretold_of(pipeline, ask(pipeline, 0, 2, PLAYER_FORM), 40)
        waits = {one.table: one.waits for one in found}
        assert waits[GAMES] is False
        assert waits[PLAYER_FORM] is True

    def test_what_is_only_stale(self):
        """It is stored, so the dry run knows about how much there is to read."""
        small = league(3)
        pipeline = small.pipeline()
        run(pipeline, 0, 2, PLAYER_FORM)
        correct(pipeline, "nba_raw.player_boxscores", small.rows_of("g1", "bos0", points=40))
        found = foretold_of(pipeline, ask(pipeline, 0, 2, PLAYER_FORM), 40)
        assert {one.table for one in found} >= {GAMES, PLAYER_FORM}
        assert not any(one.waits for one in found)


class TestSums:
    def test_per_table(self):
        pipeline = league(4).pipeline()
        billed = bill(pipeline)
        _, cost = pipeline.priced(ask(pipeline, 0, 3), size=2)
        assert cost.whole.statements == len(billed.asked) == cost.dry_runs
        assert cost.whole.bytes == sum(read_by(span) for _, span in billed.asked)
        per_table = Counter(table for table, _ in billed.asked)
        for table, price in cost.tables.items():
            assert price.statements == per_table[table]
            assert price.bytes == sum(read_by(span) for name, span in billed.asked if name == table)

    @pytest.mark.parametrize(("size", "replaced"), [(1, 4), (2, 0), (3, 1), (4, 0)])
    def test_modifications(self, size, replaced):
        """A date by itself replaces a partition; several together are DML, and so is the ledger."""
        pipeline = league(4).pipeline()
        bill(pipeline)
        _, cost = pipeline.priced(ask(pipeline, 0, 3, GAMES), size=size)
        assert list(cost.tables) == [GAMES]
        assert cost.tables[GAMES].modifications == cost.whole.modifications == replaced

    def test_nothing_to_do(self):
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1, GAMES)
        billed = bill(pipeline)
        _, cost = pipeline.priced(ask(pipeline, 0, 1, GAMES), size=40)
        assert not cost.tables
        assert not billed.asked
        assert cost.sentence == "nothing has to be computed"

    def test_free(self):
        """Where reading costs nothing, one question is enough to know it."""
        pipeline = league(2).pipeline()
        _, cost = pipeline.priced(ask(pipeline, 0, 1, GAMES, LINES), size=1)
        assert cost.whole.bytes is None
        assert cost.dry_runs == 0
        assert cost.sentence == "2 statements; reading costs nothing here"
        assert cost.findings == ()

    def test_words(self):
        pipeline = league(2).pipeline()
        bill(pipeline)
        _, cost = pipeline.priced(ask(pipeline, 0, 0, GAMES), size=40)
        assert cost.sentence == "1.00 KB by dry run of 1 statement"
        _, cost = pipeline.priced(ask(pipeline, 0, 0, OFFENSE), size=40)
        assert cost.sentence == (
            "2.00 KB by dry run of 2 statements; 1 reads what is computed before it and isn't there"
            " yet, so it will read more"
        )


def many(number: int) -> list[Batch]:
    """One a date: the first reads a day, the last as many as there are."""
    processor = load().processors[GAMES]
    return [
        Batch(
            processor=processor,
            span=Span(start=day(at), end=day(at), history_start=day(0)),
            days=(day(at),),
            waits=False,
        )
        for at in range(number)
    ]


class TestLongRanges:
    def test_dry_runs_are_bounded(self):
        billed = bill(league(1).pipeline())
        found = foretell(billed, many(400))
        assert len(billed.asked) == MOST_DRY_RUNS == sum(one.by_dry_run for one in found)
        assert found[0].by_dry_run
        assert found[-1].by_dry_run
        # Never less than it is, and never more than the next that was asked about.
        for one in found:
            assert read_by(one.batch.span) <= (one.bytes or 0) <= read_by(one.batch.span) + 11_000

    def test_said(self):
        billed = bill(league(1).pipeline())
        cost = cost_of(foretell(billed, many(100)))
        assert "by dry run of 40 statements; 60 more" in cost.sentence

    def test_few_are_all_asked(self):
        billed = bill(league(1).pipeline())
        assert all(one.by_dry_run for one in foretell(billed, many(MOST_DRY_RUNS)))

    def test_modifications_of_a_day(self, monkeypatch):
        monkeypatch.setattr(pricing, "MODIFICATIONS_A_DAY", 100)
        found = [Foretold(batch=one, bytes=1, by_dry_run=True) for one in many(150)]
        assert cost_of(found[:90]).tables[GAMES].share == 0.9
        assert cost_of(found[:90]).findings == ()
        (finding,) = cost_of(found).findings
        assert finding.startswith(f"{GAMES}: 150 modifications")
        free = cost_of([replace(one, bytes=None) for one in found])
        assert free.findings == ()


def events(pipeline: Pipeline) -> list:
    return pipeline.warehouse.rows("SELECT event FROM `nba_ops.runs`")


class TestCap:
    def test_above(self):
        """Refused before anything is begun: no statement is sent, no run is noted."""
        pipeline = league(4).pipeline()
        billed = bill(pipeline)
        pipeline.bytes_cap = 7_999
        with pytest.raises(TooCostly) as caught:
            run(pipeline, 0, 3, OFFENSE)
        assert caught.value.details == {"bytes": 8_000, "cap": 7_999}
        for word in ("8.00 KB", "TIPOFF_BYTES_CAP", "fewer dates", "raise the cap"):
            assert word in caught.value.message
        assert not billed.staged
        assert not events(pipeline)

    def test_chunks_count_together(self):
        """It is the request that is capped, not each of its chunks."""
        pipeline = league(4).pipeline()
        bill(pipeline)
        pipeline.bytes_cap = 9_000
        request = ask(pipeline, 0, 3, GAMES)
        with closing(pipeline.run_in_chunks(request, size=1)) as reports, pytest.raises(TooCostly):
            next(reports)
        assert len(list(pipeline.run_in_chunks(ask(pipeline, 0, 2, GAMES), size=1))) == 3

    def test_below(self):
        pipeline = league(4).pipeline()
        bill(pipeline)
        pipeline.bytes_cap = 4_000
        assert run(pipeline, 0, 3, GAMES).overall.word == "completed"

    def test_not_asked_without(self):
        pipeline = league(2).pipeline()
        billed = bill(pipeline)
        run(pipeline, 0, 1, GAMES)
        assert not billed.asked

    def test_free(self):
        pipeline = league(2).pipeline()
        pipeline.bytes_cap = 1
        assert run(pipeline, 0, 1, GAMES).overall.word == "completed"

    def test_what_stands_is_free(self):
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1, GAMES)
        bill(pipeline)
        pipeline.bytes_cap = 1
        assert run(pipeline, 0, 1, GAMES).overall.word == "completed"

    def test_unforetold(self):
        """What can't be foretold might be anything: it isn't begun."""
        pipeline = league(2).pipeline()
        billed = bill(pipeline)
        billed.is_denied = True
        pipeline.bytes_cap = 10**15
        with pytest.raises(WarehouseDenied, match="Access Denied; nothing was started"):
            run(pipeline, 0, 1, GAMES)
        assert not billed.staged
        assert not events(pipeline)


class TestBilled:
    def test_shared_over_the_dates(self):
        """The ledger's rows of one statement come to what it billed, to the byte."""
        pipeline = league(3).pipeline()
        bill(pipeline)
        run(pipeline, 0, 2, GAMES)
        told = dict(ledger(pipeline, ["partition_date", "bytes_billed"]))
        assert told == {day(number): 1000 for number in range(3)}

    def test_remainder(self):
        pipeline = league(4, gap=1).pipeline()
        bill(pipeline)
        pipeline.run(make_request(pipeline.registry, tables=[GAMES], days=[day(0), day(1), day(3)]))
        told = dict(ledger(pipeline, ["partition_date", "bytes_billed"]))
        assert told == {day(0): 1334, day(1): 1333, day(3): 1333}

    def test_free(self):
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1, GAMES)
        assert {billed for (billed,) in ledger(pipeline, ["bytes_billed"])} == {None}
