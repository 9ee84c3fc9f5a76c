"""A command's question, from the words as they were typed to the answer."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from clients.answers import Answers, Ran, RanLive
from clients.http import Door
from clients.in_place import InPlace
from clients.options import opened
from clients.through_owner import ThroughOwner
from pipeline.coverage import By
from pipeline.days import parse_day
from processors.errors import OwnerFailed, UsageError, WarehouseBusy
from service.models.answers import Coverage, Handoff, Plan, Rows, Verified
from service.models.explained import Explained
from service.models.letters import LetterAsked, LettersAsked, LetterSeen, LettersSeen, Replayed
from service.models.queries import Covering, Planning, Since, Tables
from service.models.requests import Predict, ProcessRange, Query, Verify
from service.questions import checked
from service.settings import Settings

PAUSE = 0.2


@dataclass(frozen=True)
class Asking:
    """One warehouse to ask; whoever holds it answers."""

    settings: Settings
    wait: float

    def coverage(self, tables: str | None, by: By) -> Coverage:
        asked = checked(Covering, tables=tables or "", by=by)
        with self._answers() as answers:
            return answers.coverage(asked)

    def verify(self, start: str | None, end: str | None, tables: str | None) -> Verified:
        """One date where no end is said, everything where no date is."""
        if end and not start:
            raise UsageError(f"--end {end} needs a --start")
        names = checked(Tables, tables=tables or "").names
        asked = checked(Verify, start=start, end=end or start, whole=not start, tables=names)
        with self._answers() as answers:
            return answers.verify(asked)

    def handoff(self, since: datetime | None) -> Handoff:
        asked = checked(Since, since=since)
        with self._answers() as answers:
            return answers.handoff(asked)

    def plan(self, start: str, end: str | None, tables: str | None, *, priced: bool) -> Plan:
        asked = checked(Planning, start=start, end=end, tables=tables or "", bytes=priced)
        with self._answers() as answers:
            return answers.plan(asked)

    def explain(self, day: str, tables: str | None) -> Explained:
        which, asked = parse_day(day), checked(Tables, tables=tables or "")
        with self._answers() as answers:
            return answers.explain(which, asked)

    def query(self, text: str, limit: int) -> Rows:
        asked = checked(Query, sql=text, limit=limit)
        with self._answers() as answers:
            return answers.query(asked)

    def run(self, start: str, end: str | None, tables: str | None, *, force: bool) -> Ran:
        names = checked(Tables, tables=tables or "").names
        asked = checked(ProcessRange, start=start, end=end or start, processors=names, force=force)
        with self._answers() as answers:
            return answers.run(asked)

    def predict(
        self,
        day: str,
        *,
        backfill: bool,
        force: bool,
        model: str | None = None,
        is_home_told: bool = False,
    ) -> RanLive:
        """Of a service nobody can ask for models of another home than its own."""
        asked = checked(
            Predict, analysis_date=day, backfill_mode=backfill, force=force, model=model
        )
        with self._answers() as answers:
            if is_home_told and isinstance(answers, ThroughOwner):
                raise UsageError(
                    f"the service at {answers.door.url} holds the warehouse, and models speak there"
                    " from where its TIPOFF_MODELS_HOME says: leave out --home, or stop it"
                )
            return answers.predict(asked)

    def dead_letters(self, *, limit: int, settled: bool) -> LettersSeen:
        asked = checked(LettersAsked, limit=limit, settled=settled)
        with self._answers() as answers:
            return answers.dead_letters(asked)

    def dead_letter(self, letter_id: str) -> LetterSeen:
        asked = checked(LetterAsked, letter_id=letter_id)
        with self._answers() as answers:
            return answers.dead_letter(asked.letter_id)

    def replay(self, letter_ids: Iterable[str]) -> Iterator[Replayed]:
        asked = [checked(LetterAsked, letter_id=one) for one in letter_ids]
        with self._answers() as answers:
            for one in asked:
                yield answers.replay(one.letter_id)

    @contextmanager
    def _answers(self) -> Iterator[Answers]:
        with closing(self._found()) as answers:
            yield answers

    def _found(self) -> Answers:
        """The lock on the warehouse decides: where it is free, it is held here meanwhile; where a
        service has it, that one answers, once it listens."""
        deadline = time.monotonic() + self.wait
        while True:
            left = max(0.0, deadline - time.monotonic())
            try:
                return InPlace(opened(self.settings, left), self.settings)
            except WarehouseBusy as busy:
                url = busy.details.get("url")
                if url is None:
                    raise
                try:
                    return ThroughOwner(Door(str(url))).greeted()
                except OwnerFailed as error:
                    if not left:
                        raise OwnerFailed(f"{busy.message} {error.message}") from error
            time.sleep(min(PAUSE, left))
