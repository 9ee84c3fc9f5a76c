"""From what a prediction came to, to what is answered."""

from __future__ import annotations

from pipeline.calendar import Calendar
from pipeline.predicting import Predicted as Found
from pipeline.predicting import Spoken
from pipeline.saying import Said
from processors.registry import Registry
from service.answering import processed
from service.models.predicted import ModelsSpoke, Predicted, ToldLive
from service.publishing.publisher import Sent


def predicted(found: Found, sent: Sent, calendar: Calendar, registry: Registry) -> Predicted:
    (day,) = processed(found.report, sent, calendar, registry)
    return Predicted.model_validate(
        {
            **day.model_dump(),
            "status": found.overall.word,
            "live": told_live(found.said),
            "models": models_spoke(found.spoken),
        }
    )


def told_live(said: Said | None) -> ToldLive | None:
    if said is None:
        return None
    return ToldLive(
        as_of=said.moment,
        new=dict(said.new),
        unchanged=dict(said.unchanged),
        left_out=dict(said.left_out),
        reason=said.reason,
    )


def models_spoke(spoken: Spoken | None) -> ModelsSpoke | None:
    return None if spoken is None else ModelsSpoke.model_validate(spoken.as_plain())
