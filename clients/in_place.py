"""Answers from the warehouse itself, which this process holds meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from clients.answers import Ran, RanLive
from clients.printing import ProgressLine, say
from pipeline.plan import Request, make_request
from pipeline.predicting import predict
from pipeline.run import Pipeline
from processors.registry import load
from service import questions
from service.answering import outcome_of
from service.models.answers import Coverage, Handoff, Plan, Rows, Verified
from service.models.explained import Explained
from service.models.letters import LettersAsked, LetterSeen, LettersSeen, Replayed
from service.models.queries import Covering, Planning, Since, Tables
from service.models.requests import Predict, ProcessRange, Query, Verify
from service.predicted import models_spoke, speaking, told_live
from service.push.letters import Letters
from service.push.working import Worker
from service.settings import Settings
from warehouse.interface import Warehouse


@dataclass
class InPlace:
    """An open warehouse."""

    warehouse: Warehouse
    settings: Settings

    @cached_property
    def pipeline(self) -> Pipeline:
        return Pipeline(
            self.warehouse,
            load(),
            bootstrap_placeholders=self.settings.bootstrap_placeholders,
            bytes_cap=self.settings.cap,
        )

    def coverage(self, asked: Covering) -> Coverage:
        return questions.coverage(self.pipeline, asked)

    def verify(self, asked: Verify) -> Verified:
        return questions.verify(self.pipeline, asked)

    def handoff(self, asked: Since) -> Handoff:
        return questions.handoff(self.pipeline, asked)

    def plan(self, asked: Planning) -> Plan:
        # In place a range is computed in one chunk.
        return questions.plan(
            self.pipeline, asked, prepare=self.settings.computes_analytics, chunk=None
        )

    def explain(self, day: date, asked: Tables) -> Explained:
        return questions.explain(self.pipeline, day, asked)

    def query(self, asked: Query) -> Rows:
        # Nothing has to be known of what is stored: it is enough that the tables are there.
        self.warehouse.migrate(list(load().contracts.values()))
        return questions.query(self.warehouse, asked, self.settings)

    def run(self, asked: ProcessRange) -> Ran:
        request = self._request(asked)
        with self._at_work():
            report = self.pipeline.run(request)
        return Ran(
            status=report.overall.word,
            exit_code=report.overall.exit_code,
            run_id=report.run_id,
            results=[outcome_of(one) for one in report.results],
            prepared=[outcome_of(one) for one in report.prepared],
        )

    def predict(self, asked: Predict) -> RanLive:
        work, day = asked.work, asked.analysis_date
        request = self._request(
            ProcessRange(start=day, end=day, processors=work.processors, force=work.force)
        )
        with self._at_work():
            found = predict(
                self.pipeline,
                request,
                live=not asked.backfill_mode,
                speak=speaking(self.pipeline, self.settings, asked),
            )
        return RanLive(
            status=found.overall.word,
            exit_code=found.overall.exit_code,
            run_id=found.report.run_id,
            results=[outcome_of(one) for one in found.report.results],
            prepared=[outcome_of(one) for one in found.report.prepared],
            live=told_live(found.said),
            models=models_spoke(found.spoken),
        )

    def _request(self, asked: ProcessRange) -> Request:
        return make_request(
            self.pipeline.registry,
            tables=questions.tables_of(asked.processors, self.pipeline.registry),
            start=asked.start,
            end=asked.end,
            force=asked.force,
            prepare=self.settings.computes_analytics,
        )

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Showing how far it has come."""
        for run_id in self.pipeline.died:
            say(f"run {run_id} died before it ended; what it left undone is planned again")
        self.pipeline.on_progress = progress = ProgressLine()
        yield
        progress.close()

    def dead_letters(self, asked: LettersAsked) -> LettersSeen:
        return Letters(self.pipeline.warehouse).newest(asked)

    def dead_letter(self, letter_id: str) -> LetterSeen:
        return Letters(self.pipeline.warehouse).letter(letter_id)

    def replay(self, letter_id: str) -> Replayed:
        worker = Worker(self.pipeline, self.settings.computes_analytics)
        return Letters(self.pipeline.warehouse).replay(letter_id, worker)

    def close(self) -> None:
        self.warehouse.close()
