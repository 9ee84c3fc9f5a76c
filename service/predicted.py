"""Who speaks when a prediction is asked for, and from what it came to, to what is answered."""

from __future__ import annotations

from pipeline.calendar import Calendar
from pipeline.predicting import Predicted as Found
from pipeline.predicting import Speak, Spoken
from pipeline.run import Pipeline
from pipeline.saying import Said
from processors.registry import Registry
from service.answering import processed
from service.models.predicted import ModelsSpoke, Predicted, ToldLive
from service.models.requests import Predict
from service.publishing.publisher import Sent
from service.settings import Settings


def speaking(pipeline: Pipeline, settings: Settings, asked: Predict) -> Speak:
    """The models at home where the settings say; who can't speak at all is refused."""
    # Arrays take their time to load, and most questions need none.
    from modeling.speaking import Speaking

    return Speaking(pipeline, settings.models_home, asked.model)


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
    if spoken is None:
        return None
    return ModelsSpoke.model_validate({**spoken.as_plain(), "lines": list(spoken.lines)})
