"""`GET /rows/{day}`: the stored rows of a date, a page at a time."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Path, Query

from pipeline.run import Pipeline
from pipeline.stored_rows import has_players, read_rows
from processors.contract import Contract
from processors.names import resolve_tables
from service.cells import plain
from service.models.requests import Day
from service.models.rows import ColumnOf, RowsAsked, RowsOfDate
from service.office import TheOffice

router = APIRouter(tags=["looking"])

SIZE = 50
FIRST_CHOICE = "nba_predictions.ml_feature_store_v2"


@router.get("/rows/{day}")
def rows(
    day: Annotated[Day, Path()], asked: Annotated[RowsAsked, Query()], office: TheOffice
) -> RowsOfDate:
    """Fifty rows of one table of the date, found by player where the table has players."""
    return answer(office.pipeline, day, asked)


def answer(pipeline: Pipeline, day: date, asked: RowsAsked) -> RowsOfDate:
    contract = chosen(pipeline, day, asked.table)
    player = asked.player.strip()
    found = read_rows(pipeline.warehouse, contract, day, player=player, page=asked.page, size=SIZE)
    return RowsOfDate(
        table=contract.table,
        date=day,
        date_column=contract.date_column or "",
        player=player,
        has_players=has_players(contract),
        columns=[
            ColumnOf(
                name=one.name,
                type=one.type,
                unit=one.unit,
                digits=one.digits,
                description=one.description,
                is_key=one.name in contract.key,
            )
            for one in contract.columns
        ],
        rows=[[plain(cell) for cell in row] for row in found.rows],
        names=list(found.names),
        in_all=found.in_all,
        in_search=found.in_search,
        page=asked.page,
        pages=ceil(found.in_search / SIZE),
    )


def chosen(pipeline: Pipeline, day: date, name: str) -> Contract:
    """The table that is named; else the features, or the first table that has rows of the date."""
    contracts = pipeline.registry.contracts
    if name:
        return contracts[resolve_tables([name], pipeline.registry)[0]]
    ordered = [contracts[FIRST_CHOICE], *(one.contract for one in pipeline.registry)]
    with pipeline.looking() as known:
        held = (one for one in ordered if day in known.content.stored(one))
        return next(held, ordered[0])
