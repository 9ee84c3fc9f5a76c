"""An intent: what somebody is about to do, as a link or a form of the page says it."""

from __future__ import annotations

from datetime import date
from typing import Literal
from urllib.parse import parse_qs

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from processors.errors import UsageError
from service.models.requests import Day, ProcessDate, ProcessRange, Reconcile
from service.questions import checked

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 200
TRIGGERED_BY = "operator page"

Action = Literal["run", "reconcile", "replay"]


class Intent(BaseModel):
    """The same fields in an address and in a form; what is left empty isn't said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Action
    start: Day | None = None
    end: Day | None = None
    tables: list[str] = Field(default=[], max_length=100)
    force: bool = False
    days: int = Field(default=7, ge=1, le=400)
    letter: str | None = Field(default=None, max_length=100)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, said: object) -> object:
        if not isinstance(said, dict):
            return said
        return {name: value for name, value in said.items() if value not in ("", [], [""])}

    @model_validator(mode="after")
    def _complete(self) -> Intent:
        if self.action == "run" and self.start is None:
            raise PydanticCustomError("start", "say which date to run: start is missing")
        if self.action == "replay" and self.letter is None:
            raise PydanticCustomError("letter", "say which letter to replay: letter is missing")
        return self

    @property
    def names(self) -> list[str]:
        """Of tables, however they are separated."""
        return [name.strip() for said in self.tables for name in said.split(",") if name.strip()]

    @property
    def span(self) -> tuple[date, date]:
        """First and last date of a run."""
        if self.start is None:
            raise UsageError("say which date to run: start is missing")
        return self.start, self.end or self.start

    @property
    def is_one_date(self) -> bool:
        first, last = self.span
        return first == last

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What a form repeats, so that what was confirmed is what is done."""
        if self.action == "replay":
            return [("letter", self.letter or "")]
        said = [("tables", ",".join(self.names))] if self.names else []
        if self.force:
            said.append(("force", "on"))
        if self.action == "reconcile":
            return [("days", str(self.days)), *said]
        first, last = self.span
        return [("start", str(first)), ("end", str(last)), *said]

    def as_date(self) -> ProcessDate:
        return checked(ProcessDate, analysis_date=self.span[0], **self._work)

    def as_range(self) -> ProcessRange:
        first, last = self.span
        return checked(ProcessRange, start=first, end=last, **self._work)

    def as_reconcile(self) -> Reconcile:
        return checked(Reconcile, days=self.days, **self._work)

    @property
    def _work(self) -> dict[str, object]:
        return {"processors": self.names, "force": self.force, "triggered_by": TRIGGERED_BY}


async def read_form(request: Request, action: Action) -> Intent:
    """What a form of ours posts; anything else is refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise UsageError(f"a form is posted as {FORM}, not as {kind or 'nothing'!r}")
    try:
        said = parse_qs(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise UsageError(f"the form can't be read: {error}") from error
    if "action" in said:
        raise UsageError("there is no field action in a form: its address says it")
    if twice := [name for name, values in said.items() if name != "tables" and len(values) > 1]:
        raise UsageError(f"the form says {', '.join(twice)} more than once")
    fields: dict[str, object] = {
        name: values if name == "tables" else values[0] for name, values in said.items()
    }
    return checked(Intent, **{**fields, "action": action})
