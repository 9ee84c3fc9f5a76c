"""Which of the kept models speak: one of each system."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from modeling.fitting.recipe import Framework
from modeling.models.metadata import State
from modeling.models.shelf import Kept, Shelf
from processors.errors import ModelRefused

SYSTEMS: Mapping[Framework, str] = {
    Framework.CATBOOST: "gradient_boosted",
    Framework.LIGHTGBM: "gradient_boosted",
    Framework.MIXED: "gradient_boosted",
    Framework.RIDGE: "ridge",
}
"""As whom a model speaks."""


def chosen(shelf: Shelf, model_id: str | None) -> list[Kept]:
    """The one that is named, a shadow too; else the active one of each system."""
    if model_id is not None:
        kept = shelf.kept(model_id)
        if kept.state is State.RETIRED:
            raise ModelRefused(
                f"{model_id} is retired: it says nothing any more. tipoff models list shows who may"
            )
        return [kept]
    active: dict[str, list[Kept]] = defaultdict(list)
    for kept in shelf.all():
        if kept.state is State.ACTIVE:
            active[SYSTEMS[kept.metadata.framework]].append(kept)
    for system, models in active.items():
        if len(models) > 1:
            named = ", ".join(one.metadata.model_id for one in models)
            raise ModelRefused(
                f"{len(models)} active models would speak as {system}: {named}. Retire all but one"
                " (tipoff models retire MODEL), or name one (--model)"
            )
    return [models[0] for _, models in sorted(active.items())]
