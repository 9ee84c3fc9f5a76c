"""`GET /distributions`: how the features of a season spread, and how empty they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from service.models.distributions import DistributionInDepth, Distributions, WhichSeason
from service.office import TheOffice

router = APIRouter(tags=["looking"])


@router.get("/distributions")
def distributions(asked: Annotated[WhichSeason, Query()], office: TheOffice) -> Distributions:
    """Every feature over a season and its months: NULL shares, quartiles, canaries, readiness."""
    return office.distributing.of_season(asked.season)


@router.get("/distributions/{feature}")
def distribution(
    feature: Annotated[str, Path(max_length=100)],
    asked: Annotated[WhichSeason, Query()],
    office: TheOffice,
) -> DistributionInDepth:
    """One feature by month and by value, and the seasons beside each other."""
    return office.distributing.of_feature(feature, asked.season)
