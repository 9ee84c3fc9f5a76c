"""`POST /query`: a read, in BigQuery SQL, of our tables only."""

from __future__ import annotations

from fastapi import APIRouter

from service import questions
from service.models.answers import Rows
from service.models.requests import Query
from service.office import TheOffice

router = APIRouter(tags=["looking"])


@router.post("/query")
def query(asked: Query, office: TheOffice) -> Rows:
    """Run one SELECT; what writes, reads files or reads others' is refused."""
    return questions.query(office.pipeline.warehouse, asked, office.settings)
