"""Speaking: the models that may say something of a date say it, and what they say is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from modeling.models.choosing import SYSTEMS, chosen
from modeling.models.metadata import Metadata
from modeling.models.shelf import Kept, Shelf
from modeling.speech import Speaker, Speech, When, in_time, keep, to_hundredths
from modeling.spoken_of import read_spoken_of
from modeling.training_set import features_of
from pipeline.outcome import COMPLETED, WITH_FINDINGS, Overall
from pipeline.run import Pipeline
from processors.errors import ModelRefused
from processors.features import SETS

LEFT_OUT: Mapping[str, str] = {
    "not_ready": "the store lacks a feature that the model needs",
    "begun": "his game had tipped off by the moment that is spoken for",
    "no_tipoff": "the schedule knows no tip-off, and the date's morning was over",
}
SILENCES: Mapping[str, str] = {
    "not_loaded": "its libraries are missing or others, or its file has changed",
    "fitted_later": "it was fitted on the date or after it",
    "other_features": "today's catalogue has other features in its set",
    "not_proven": "the store's date is not what today's code would make",
    "no_number": "what came out is no number",
}
"""Why a model that should have spoken said nothing at all."""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One model: how many players it spoke of, and how many it left out for which reason."""

    system_id: str
    model_id: str
    state: str
    said: int = 0
    left_out: Mapping[str, int]
    silence: str = ""
    """A word of `SILENCES`; empty where it spoke."""
    reason: str = ""
    """Of the silence, with the values."""

    @property
    def line(self) -> str:
        if self.silence:
            return f"{self.model_id} ({self.state}) says nothing as {self.system_id}: {self.reason}"
        left = [f"{rows:,} left out: {LEFT_OUT[why]}" for why, rows in self.left_out.items()]
        said = f"{self.model_id} ({self.state}) speaks as {self.system_id} of {self.said:,} players"
        return "; ".join([said, *left])


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What became of asking models about some dates."""

    days: Sequence[date]
    voices: Sequence[Voice] = ()
    reason: str = ""
    """Why there is no voice at all."""

    @property
    def said(self) -> int:
        """Rows that stand as they were said, just now or before."""
        return sum(one.said for one in self.voices)

    @property
    def overall(self) -> Overall:
        """A model that should have spoken, and spoke of nobody, is a finding."""
        return COMPLETED if all(one.said for one in self.voices) else WITH_FINDINGS

    @property
    def lines(self) -> list[str]:
        """In words, a line a model."""
        return [one.line for one in self.voices] or [self.reason]

    def as_plain(self) -> dict[str, object]:
        return {
            "said": self.said,
            "reason": self.reason,
            "voices": [asdict(one) for one in self.voices],
        }


@dataclass(frozen=True)
class Speaking:
    """Models kept at one home, ready to be asked about any date."""

    pipeline: Pipeline
    home: Path | None
    model_id: str | None = None
    """Who is to speak; else the active one of each system."""

    def __post_init__(self) -> None:
        """Where nobody can know who is to speak, that is told before anything is computed."""
        _models(self.shelf, self.model_id)

    @property
    def shelf(self) -> Shelf | None:
        return None if self.home is None else Shelf(self.home)

    def __call__(self, day: date, *, moment: datetime, is_backfill: bool) -> Spoken:
        return speak(
            self.pipeline,
            day,
            self.shelf,
            moment=moment,
            is_backfill=is_backfill,
            model_id=self.model_id,
        )


def speak(
    pipeline: Pipeline,
    day: date,
    shelf: Shelf | None,
    *,
    moment: datetime,
    is_backfill: bool,
    model_id: str | None = None,
) -> Spoken:
    """By the model that is named, else by the active one of each system. What keeps the named one
    from speaking is an error; what keeps another is told, and rules go on without it."""
    models = _models(shelf, model_id)
    if shelf is None or not models:
        home = f"none in {shelf.home} is active" if shelf else "TIPOFF_MODELS_HOME is not set"
        return Spoken(days=(day,), reason=f"no model speaks: {home}")
    when = When(moment=moment, is_backfill=is_backfill)
    voices, speeches = [], []
    for kept in models:
        speaker = _speaker(kept)
        try:
            speech = _speech(pipeline, day, shelf, speaker, when)
        except ModelRefused as refused:
            if model_id is not None:
                raise
            voices.append(_silent(speaker, refused))
        else:
            voices.append(voice_of(speech))
            speeches.append(speech)
    keep(pipeline, speeches)
    return Spoken(days=(day,), voices=voices)


def _models(shelf: Shelf | None, model_id: str | None) -> list[Kept]:
    if shelf is not None:
        return chosen(shelf, model_id)
    if model_id is not None:
        raise ModelRefused(
            f"{model_id} can't be asked: where models are kept is not known; set TIPOFF_MODELS_HOME"
        )
    return []


def voice_of(speech: Speech) -> Voice:
    speaker = speech.speaker
    return Voice(
        system_id=speaker.system_id,
        model_id=speaker.model_id,
        state=speaker.state,
        said=len(speech),
        left_out=speech.left_out,
    )


def _silent(speaker: Speaker, refused: ModelRefused) -> Voice:
    return Voice(
        system_id=speaker.system_id,
        model_id=speaker.model_id,
        state=speaker.state,
        left_out={},
        silence=str(refused.details.get("why", "not_loaded")),
        reason=refused.message,
    )


def _speaker(kept: Kept) -> Speaker:
    known = kept.metadata
    return Speaker(
        system_id=SYSTEMS[known.framework],
        model_id=known.model_id,
        state=kept.state.value,
        feature_set=known.feature_set,
        features=known.features,
    )


def _speech(pipeline: Pipeline, day: date, shelf: Shelf, speaker: Speaker, when: When) -> Speech:
    fitted, known = shelf.load(speaker.model_id)
    _before(known, day)
    refuse_other_features(speaker)
    rows = read_spoken_of(pipeline, day, day)
    which, left_out = in_time(rows, speaker, when)
    of = rows.pick(which)
    points = fitted.predict(of.matrix(speaker.features)) if len(of) else of.features[:, 0]
    return Speech(
        speaker=speaker,
        when=when,
        rows=of,
        points=to_hundredths(points, speaker),
        left_out=left_out,
    )


def _before(known: Metadata, day: date) -> None:
    if known.train_last >= day:
        raise ModelRefused(
            f"{known.model_id} was fitted on rows up to {known.train_last}, and may say nothing of"
            f" {day}: name a model that was fitted before, or a backtest that walked over it"
            " (--walk)",
            why="fitted_later",
        )


def refuse_other_features(speaker: Speaker) -> None:
    """A set may have grown since, or its order changed: the model would read one feature as
    another."""
    name = speaker.feature_set
    known = [list(features_of(name, no_vegas=one)) for one in (False, True)] if name in SETS else []
    if list(speaker.features) not in known:
        raise ModelRefused(
            f"{speaker.model_id} was trained with {len(speaker.features)} features that are not"
            f" today's {name} in today's order: train it anew",
            why="other_features",
        )
