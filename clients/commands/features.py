"""`tipoff features`: the catalogue, and how much of the store each set of it can be read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, pipeline_at
from clients.printing import put_json, put_table, say
from pipeline.readiness import Readiness, read_readiness
from processors.errors import UsageError
from processors.features import FEATURES, SETS, Feature
from processors.features_page import need_of, range_of, sets_of

SHOWN = 5
SetOption = Annotated[
    str | None, typer.Option("--set", metavar="NAME", help=f"Only this set: {', '.join(SETS)}.")
]
ReadinessOption = Annotated[
    bool, typer.Option("--readiness", help="Rows of the store that each set can be read from.")
]


def features(
    named: SetOption = None,
    readiness: ReadinessOption = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Print the feature catalogue, or how ready each set is and what it lacks."""
    if named is not None and named not in SETS:
        raise UsageError(f"no feature set is called {named!r}: there are {', '.join(SETS)}")
    if readiness:
        with pipeline_at(warehouse, wait) as pipeline:
            found = read_readiness(pipeline.warehouse, pipeline.assessor.calendar)
        asked = [one for one in found if named in (None, one.feature_set)]
        if json:
            put_json([asdict(one) | {"share": one.share} for one in asked])
        else:
            show_readiness(asked)
        return 0
    listed = [one for one in FEATURES if named is None or one.name in SETS[named]]
    if json:
        put_json([_as_json(one) for one in listed])
    else:
        show(listed)
    return 0


def _as_json(feature: Feature) -> dict[str, object]:
    return asdict(feature) | {"sets": sets_of(feature)}


def show(listed: Sequence[Feature]) -> None:
    put_table(
        f"{len(listed)} features",
        ["i", "feature", "unit", "range", "need", "sets", "from", "meaning"],
        [
            [
                one.index,
                one.name,
                one.unit,
                range_of(one),
                need_of(one),
                " ".join(sets_of(one)),
                one.source,
                one.formula,
            ]
            for one in listed
        ],
    )


def show_readiness(found: Sequence[Readiness]) -> None:
    if not found:
        say("the store holds no row: tipoff run --tables ml_feature_store_v2 --start DATE")
        return
    put_table(
        "readiness",
        ["season", "days", "set", "rows", "ready", "share", "missing, worst first"],
        [
            [
                one.season,
                one.phase,
                one.feature_set,
                f"{one.rows:,}",
                f"{one.ready:,}",
                f"{one.share:.1%}",
                ", ".join(f"{lack.feature} {lack.rows:,}" for lack in one.missing[:SHOWN])
                + (f" and {len(one.missing) - SHOWN} more" if len(one.missing) > SHOWN else ""),
            ]
            for one in found
        ],
    )
    for one in found:
        if one.wants_explaining:
            _explain(one)


def _explain(one: Readiness) -> None:
    meanings = {feature.name: feature for feature in FEATURES}
    put_table(
        f"why {one.feature_set} is ready in {one.share:.1%} of {one.season} {one.phase}",
        ["feature", "missing", "share", "from", "meaning"],
        [
            [
                lack.feature,
                f"{lack.rows:,}",
                f"{lack.share:.1%}",
                meanings[lack.feature].source,
                meanings[lack.feature].formula,
            ]
            for lack in one.missing
        ],
    )
