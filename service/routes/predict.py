"""`POST /predict`: what is said of a date's players, before its first game."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response

from pipeline.plan import Request
from pipeline.predicting import Speak
from pipeline.predicting import predict as predict_date
from pipeline.run import Pipeline, Report
from service.examples import predict_responses
from service.models.predicted import Predicted
from service.models.requests import Predict
from service.office import TheOffice
from service.predicted import predicted, speaking
from service.publishing.publisher import Sent
from service.routes.process import announcing, request_of

router = APIRouter(tags=["work"])


@router.post("/predict", responses=predict_responses())
async def predict(asked: Predict, office: TheOffice, response: Response) -> Predicted:
    """Compute one date's predictions and tell them live: what was said before tip-off is kept as it
    was said. Refused once the first game has begun, unless backfilled, which tells nothing live."""
    work = asked.work
    request = request_of(work, office, days=[asked.analysis_date])
    speak = await office.in_thread(speaking, office.pipeline, office.settings, asked)
    answer, response.status_code = await office.work(
        _one,
        office.pipeline,
        request,
        announcing(work, office),
        live=not asked.backfill_mode,
        speak=speak,
    )
    return answer


def _one(
    pipeline: Pipeline,
    request: Request,
    announce: Callable[[Report], Sent],
    *,
    live: bool,
    speak: Speak,
) -> tuple[Predicted, int]:
    found = predict_date(pipeline, request, live=live, speak=speak)
    sent = announce(found.report)
    with pipeline.looking() as known:
        answer = predicted(found, sent, known.calendar, known.registry)
    return answer, found.overall.http_status
