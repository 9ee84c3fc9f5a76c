"""The shelf of models: a folder each, kept under one home; states change, models don't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from modeling.backtest import Asked, Fit
from modeling.fitting.frameworks import library_versions, load_fitted
from modeling.fitting.recipe import Fitted
from modeling.models.metadata import Metadata, State, as_text, from_text, hash_of, lock_hash
from modeling.provenance import verdicts
from modeling.report.report import Report, as_json
from modeling.training_set import TrainingSet
from processors.errors import ModelRefused, UsageError

MODELS = "models"
MODEL, METADATA, STATE = "model.json", "metadata.json", "state"
SHORT = 12
"""Of a hash: enough to tell models apart."""
NEXT = {
    State.SHADOW: (State.ACTIVE, State.RETIRED),
    State.ACTIVE: (State.RETIRED,),
    State.RETIRED: (),
}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A model on the shelf."""

    metadata: Metadata
    state: State
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / MODEL


@dataclass(frozen=True)
class Shelf:
    """All models under one home."""

    home: Path

    def register(
        self, fitted: Fitted, fit: Fit, asked: Asked, rows: TrainingSet, report: Report
    ) -> Kept:
        """Keep it as a shadow; the same model twice is one."""
        with TemporaryDirectory() as desk:
            written = Path(desk) / "model"
            fitted.save(written)
            content = written.read_bytes()
        told = as_json(report)
        read = "\n".join(f"{p.table} {p.day} {p.fingerprint}" for p in rows.partitions)
        known = Metadata(
            model_id=f"{asked.name}-{hash_of(content)[:SHORT]}",
            name=asked.name,
            framework=asked.recipe.framework,
            loss=str(asked.recipe.loss),
            seed=asked.recipe.seed,
            feature_set=asked.feature_set,
            features=asked.features,
            train_first=fit.train_first,
            train_last=fit.train_last,
            train_rows=fit.train_rows,
            partitions=hash_of(read.encode()),
            partition_count=len(rows.partitions),
            blindness=verdicts(rows.partitions),
            library_versions=library_versions(asked.recipe.framework),
            lock_hash=lock_hash(),
            file_hash=hash_of(content),
            metrics={part: told["summary"][part] for part in ("all", "settled", "listed", "lines")},
            gates=report.gates,
            flags=[one.says for one in report.flags],
        )
        folder = self.home / MODELS / known.model_id
        if (folder / METADATA).is_file():
            return self.kept(known.model_id)
        folder.mkdir(parents=True, exist_ok=True)
        kept = Kept(metadata=known, state=State.SHADOW, folder=folder)
        kept.file.write_bytes(content)
        _write(folder / STATE, State.SHADOW.value)
        # Last: a folder without it is none.
        _write(folder / METADATA, as_text(known))
        return kept

    def all(self) -> list[Kept]:
        """By name, then id."""
        found = [_read(path.parent) for path in (self.home / MODELS).glob(f"*/{METADATA}")]
        return sorted(found, key=lambda one: (one.metadata.name, one.metadata.model_id))

    def kept(self, model_id: str) -> Kept:
        known = {one.metadata.model_id: one for one in self.all()}
        if model_id not in known:
            raise UsageError(
                f"no model is called {model_id!r} in {self.home / MODELS}: there are"
                f" {', '.join(known) or 'none; tipoff backtest keeps one'}"
            )
        return known[model_id]

    def active(self, name: str) -> Kept | None:
        """Of the models of that name the one that is used."""
        return next(
            (one for one in self.all() if one.metadata.name == name and one.state is State.ACTIVE),
            None,
        )

    def promote(self, model_id: str) -> Kept:
        """Make it the active one of its name; the one before is retired."""
        kept = self.kept(model_id)
        if failed := kept.metadata.failed_gates:
            raise ModelRefused(
                f"{model_id} failed {', '.join(failed)}: it stays a shadow. Its report says what"
                " was found; a model that passes every gate can be promoted"
            )
        self._may_become(kept, State.ACTIVE)
        _checked(kept)
        before = self.active(kept.metadata.name)
        if before:
            _write(before.folder / STATE, State.RETIRED.value)
        _write(kept.folder / STATE, State.ACTIVE.value)
        return self.kept(model_id)

    def retire(self, model_id: str) -> Kept:
        """Take it out of use, for good."""
        kept = self.kept(model_id)
        self._may_become(kept, State.RETIRED)
        _write(kept.folder / STATE, State.RETIRED.value)
        return self.kept(model_id)

    def load(self, model_id: str) -> tuple[Fitted, Metadata]:
        """The model, if these libraries made it and its file is as it was."""
        kept = self.kept(model_id)
        _checked(kept)
        try:
            return load_fitted(kept.metadata.framework, kept.file), kept.metadata
        # What is installed may miss a library of the system's own: LightGBM needs libgomp.
        except (ImportError, OSError) as error:
            raise ModelRefused(
                f"{kept.metadata.framework.value}, which made {model_id}, can't be used here:"
                f" {error}"
            ) from error

    def _may_become(self, kept: Kept, state: State) -> None:
        if state not in NEXT[kept.state]:
            raise ModelRefused(
                f"{kept.metadata.model_id} is {kept.state.value}: it can't become {state.value}"
            )


def as_plain(kept: Kept) -> Mapping[str, object]:
    return asdict(kept.metadata) | {"state": kept.state.value, "file": str(kept.file)}


def _checked(kept: Kept) -> None:
    """Other versions may read a file and predict something else."""
    known = kept.metadata
    try:
        here = library_versions(known.framework)
    except UsageError as error:
        raise ModelRefused(f"{known.model_id} needs what is not here: {error.message}") from error
    other = {
        name: (made, here.get(name, "none"))
        for name, made in known.library_versions.items()
        if here.get(name) != made
    }
    if other:
        said = ", ".join(f"{name} {made}, here {now}" for name, (made, now) in other.items())
        raise ModelRefused(
            f"{known.model_id} was made by other libraries ({said}): install those, or train it"
            " anew with these"
        )
    if not kept.file.is_file() or hash_of(kept.file.read_bytes()) != known.file_hash:
        raise ModelRefused(f"{kept.file} is not the file that was kept: train {known.name} anew")


def _read(folder: Path) -> Kept:
    """Nobody goes on without one that can't be read: it may be the one that is used."""
    try:
        return Kept(
            metadata=from_text((folder / METADATA).read_text()),
            state=State((folder / STATE).read_text().strip()),
            folder=folder,
        )
    # No JSON, another version's fields, no state.
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelRefused(
            f"{folder} holds no model that can be read ({type(error).__name__}: {error}): put its"
            f" {METADATA} and {STATE} back as they were, or take the folder away"
        ) from error


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)
