"""`POST /drift`: whether what is stored is of the code that runs; if not, others are told."""

from __future__ import annotations

import logging
import os
from collections import Counter
from importlib.metadata import version as installed
from typing import Any

from fastapi import APIRouter, Response

from pipeline.audit.drift import Drift, Runs, look, note
from pipeline.audit.verdict import Word
from service.firings import ABOUT, Firing, answered, attempts
from service.models.answers import Error
from service.models.drift import DriftAsked, Drifted, DriftOf
from service.observing.logs import tell
from service.office import Office, TheOffice
from service.publishing.alert import alert_of
from service.routes.health import REVISION
from service.routes.schedule import CODES
from service.settings import Settings

router = APIRouter(tags=["schedule"])
RESPONSES: dict[int | str, dict[str, Any]] = {
    424: {"description": "Undetermined: something couldn't be looked at.", "model": Drifted},
    500: {"description": "Failed: something is of other code.", "model": Drifted | Error},
}


@router.post("/drift", responses=RESPONSES)
async def drift(
    asked: DriftAsked, office: TheOffice, firing: Firing, response: Response
) -> Drifted:
    """Whether every stored date was written by the code that runs, and every table is as its
    contract says. What isn't is kept, logged as an error and told to the alert topic."""
    del asked
    async with office.firings.alone(firing):
        answer = await office.work(_answer, office, firing)
    response.status_code = CODES[answer.verdict]
    return answer


def _answer(office: Office, firing: str | None) -> Drifted:
    earlier = attempts(office.pipeline.warehouse, firing)
    if done := answered(earlier, [Word.PASSED]):
        said = {**done.detail, "published": False, "tables": []}
        told = {"verdict": done.status, "run_id": done.run_id, "duplicate_of": done.run_id}
        return Drifted.model_validate(said | told)
    found = look(office.pipeline, _runs(office.settings))
    published, error = False, None
    if found.word is not Word.PASSED:
        _log(found)
        # A second try of the same firing looks again, and tells only what nobody has heard.
        if not any(one.detail.get("published") for one in earlier):
            published, error = _told(office, found)
    about = {ABOUT: firing} if firing else {}
    note(office.pipeline, found, about, told=published)
    return _drifted(found, published=published, error=error)


def _runs(settings: Settings) -> Runs:
    return Runs(
        version=installed("tipoff"),
        commit=settings.commit,
        built_at=settings.built_at,
        revision=os.environ.get(REVISION),
    )


def _told(office: Office, found: Drift) -> tuple[bool, str | None]:
    topic = office.settings.alert_topic
    if topic is None:
        return False, None
    error = office.publisher.alert(topic, alert_of(found))
    return error is None, error


def _log(found: Drift) -> None:
    """One line, that an alert policy finds by its field."""
    differing = [one for one in found.verdicts if one.word is not Word.PASSED]
    said = "; ".join(f"{one.table}: {one.reason}" for one in differing)
    tell(
        logging.ERROR,
        f"drift {found.word}: {said or 'of which commit this image is nobody knows'}",
        drift=found.word.value,
        tables=[one.table for one in differing],
        commit=found.runs.commit,
        revision=found.runs.revision,
    )


def _drifted(found: Drift, *, published: bool, error: str | None) -> Drifted:
    return Drifted(
        verdict=found.word,
        date=found.day,
        audit_id=found.audit_id,
        run_id=found.run_id,
        version=found.runs.version,
        commit=found.runs.commit,
        built_at=found.runs.built_at,
        revision=found.runs.revision,
        counts=Counter(one.word for one in found.verdicts),
        tables=[
            DriftOf(
                table=one.table,
                verdict=one.word,
                reason=one.reason,
                evidence=dict(one.evidence),
            )
            for one in found.verdicts
            if one.word is not Word.PASSED
        ],
        published=published,
        publish_error=error,
    )
