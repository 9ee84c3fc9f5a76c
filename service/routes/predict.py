"""`POST /predict`: what is said of a date's players, before its first game."""

from __future__ import annotations

from fastapi import APIRouter, Response

from pipeline.begun import refuse_begun
from service.examples import process_responses
from service.models.answers import Processed
from service.models.requests import Predict
from service.office import TheOffice
from service.routes.process import date_done

router = APIRouter(tags=["work"])


@router.post("/predict", responses=process_responses())
async def predict(asked: Predict, office: TheOffice, response: Response) -> Processed:
    """Compute one date's predictions; refused once its first game has begun, unless backfilled."""
    if not asked.backfill_mode:
        warehouse = office.pipeline.warehouse
        await office.in_thread(refuse_begun, warehouse, [asked.analysis_date])
    answer, response.status_code = await date_done(asked.work, office)
    return answer
