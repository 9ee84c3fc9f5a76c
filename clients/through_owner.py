"""Answers from the service that owns the warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from clients.answers import Ran, RanLive
from clients.http import Door, refusal
from clients.printing import ProgressLine, say
from pipeline.outcome import BLOCKED, COMPLETED, FAILED, WITH_FINDINGS
from pipeline.run import Progress
from processors.errors import OwnerFailed
from processors.registry import load
from service.models.answers import (
    Coverage,
    Error,
    Handoff,
    OutcomeOf,
    Plan,
    Processed,
    RangeEnd,
    Rows,
    Verified,
    Version,
)
from service.models.explained import Explained
from service.models.letters import LettersAsked, LetterSeen, LettersSeen, Replayed
from service.models.predicted import Predicted
from service.models.queries import Covering, Planning, Since, Tables
from service.models.requests import Predict, ProcessRange, Query, Verify
from service.questions import tables_of

ARE_YOU_THERE = 5.0
AN_ANSWER = 900.0
"""A look waits for a statement of whoever runs, a line for its chunk and others' before it."""
BAD_NEWS = (424, 500)
"""Codes under which a verification is a whole answer."""
NO_SUCCESS = (*BAD_NEWS, 503)
"""Codes under which a prediction is."""
MILD_TO_BAD = [one.word for one in (COMPLETED, WITH_FINDINGS, BLOCKED, FAILED)]
EXIT_CODES = {one.word: one.exit_code for one in (COMPLETED, WITH_FINDINGS, BLOCKED, FAILED)}
LINE: TypeAdapter[Processed | RangeEnd] = TypeAdapter(Processed | RangeEnd)
Answer = TypeVar("Answer", bound=BaseModel)
Said = TypeVar("Said")


@dataclass(frozen=True)
class ThroughOwner:
    """A service that listens on this machine."""

    door: Door

    def greeted(self) -> ThroughOwner:
        """Raises OwnerFailed unless a service of ours is there; says where its code is another."""
        version = self._get(Version, "/version", {}, seconds=ARE_YOU_THERE)
        ours = {one.table: one.logic_version for one in load()}
        if version.logic_versions != ours:
            say(
                f"the service at {self.door.url} runs other code than this command, and answers by"
                " its own; start it again to bring it up to date"
            )
        return self

    def coverage(self, asked: Covering) -> Coverage:
        return self._get(Coverage, "/coverage", _said(asked))

    def verify(self, asked: Verify) -> Verified:
        body = self.door.post("/verify", _said(asked), seconds=AN_ANSWER, even=BAD_NEWS)
        said = self._read(TypeAdapter(Verified | Error), body)
        if isinstance(said, Error):
            raise refusal(self.door.url, 500, body)
        return said

    def handoff(self, asked: Since) -> Handoff:
        return self._get(Handoff, "/handoff", _said(asked))

    def plan(self, asked: Planning) -> Plan:
        return self._get(Plan, "/plan", _said(asked))

    def explain(self, day: date, asked: Tables) -> Explained:
        return self._get(Explained, f"/explain/{day}", _said(asked))

    def query(self, asked: Query) -> Rows:
        return self._read(
            TypeAdapter(Rows), self.door.post("/query", _said(asked), seconds=AN_ANSWER)
        )

    def run(self, asked: ProcessRange) -> Ran:
        # None named would mean the five precompute tables there.
        names = list(tables_of(asked.processors, load()))
        days: list[Processed] = []
        progress = ProgressLine(unit="dates")
        try:
            ends = self._parts(asked.model_copy(update={"processors": names}), days, progress)
        except OwnerFailed as error:
            raise OwnerFailed(
                f"{error.message} {len(days)} dates are done. What was published stands; the next"
                " run does the rest."
            ) from error
        finally:
            progress.close()
        worst = max(ends, key=lambda end: MILD_TO_BAD.index(end.status))
        return Ran(
            status=worst.status,
            exit_code=worst.exit_code,
            run_id=ends[-1].run_id,
            results=_in_order(one for day in days for one in day.results),
            prepared=_in_order(one for day in days for one in day.prepared),
        )

    def predict(self, asked: Predict) -> RanLive:
        body = self.door.post("/predict", _said(asked), seconds=AN_ANSWER, even=NO_SUCCESS)
        said = self._read(TypeAdapter(Predicted | Error), body)
        if isinstance(said, Error):
            raise refusal(self.door.url, 500, body)
        return RanLive(
            status=said.status,
            exit_code=EXIT_CODES[said.status],
            run_id=said.run_id or "",
            results=said.results,
            prepared=said.prepared,
            live=said.live,
            models=said.models,
        )

    def dead_letters(self, asked: LettersAsked) -> LettersSeen:
        return self._get(LettersSeen, "/dead-letters", _said(asked))

    def dead_letter(self, letter_id: str) -> LetterSeen:
        return self._get(LetterSeen, f"/dead-letters/{quote(letter_id, safe='')}", {})

    def replay(self, letter_id: str) -> Replayed:
        path = f"/dead-letters/{quote(letter_id, safe='')}/replay"
        return self._read(TypeAdapter(Replayed), self.door.post(path, {}, seconds=AN_ANSWER))

    def close(self) -> None:
        """Each question has had a connection of its own."""

    def _parts(
        self, asked: ProcessRange, days: list[Processed], progress: ProgressLine
    ) -> list[RangeEnd]:
        """The whole range: where a service stops before its deadline, it is asked for the rest."""
        in_all = (asked.end - asked.start).days + 1 if asked.start and asked.end else 0
        ends = [self._part(asked, days, progress, in_all)]
        while (left := ends[-1].continue_from) and ends[-1].dates_done:
            rest = asked.model_copy(update={"start": left})
            ends.append(self._part(rest, days, progress, in_all))
        if left:
            raise OwnerFailed(f"{self.door.url} ended it: {ends[-1].stopped_because}.")
        return ends

    def _part(
        self, asked: ProcessRange, days: list[Processed], progress: ProgressLine, in_all: int
    ) -> RangeEnd:
        with closing(self.door.lines("/process-range", _said(asked), seconds=AN_ANSWER)) as lines:
            for line in lines:
                said = self._read(LINE, line)
                if isinstance(said, RangeEnd):
                    return said
                days.append(said)
                what = f"up to {said.analysis_date}"
                progress(Progress(what=what, done=len(days), in_all=in_all))
        raise OwnerFailed(f"{self.door.url} broke off.")

    def _get(
        self, kind: type[Answer], path: str, asked: Mapping[str, Any], *, seconds: float = AN_ANSWER
    ) -> Answer:
        return self._read(TypeAdapter(kind), self.door.get(path, asked, seconds=seconds))

    def _read(self, kind: TypeAdapter[Said], body: bytes) -> Said:
        try:
            return kind.validate_json(body)
        except ValidationError as error:
            raise OwnerFailed(
                f"What answers at {self.door.url} doesn't answer as a service of ours does."
            ) from error


def _said(asked: BaseModel) -> dict[str, Any]:
    return asked.model_dump(mode="json", exclude_none=True)


def _in_order(outcomes: Iterable[OutcomeOf]) -> list[OutcomeOf]:
    """Each table date by date, as a run in one chunk has them."""
    place = {one.table: number for number, one in enumerate(load())}
    return sorted(outcomes, key=lambda one: (place.get(one.table, len(place)), one.date))
