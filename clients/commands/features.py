"""`tipoff features`: the catalogue, and how much of the store each set of it can be read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, pipeline_at
from clients.printing import put_json, put_table, say
from pipeline.holdings import Holding, read_holdings
from pipeline.readiness import Readiness, read_readiness
from pipeline.shortage import Shortage, explain
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
        # Following columns takes the parser, which takes its time to load.
        from processors.lineage import Lineage

        with pipeline_at(warehouse, wait) as pipeline:
            calendar, contracts = pipeline.assessor.calendar, pipeline.registry.contracts.values()
            found = read_readiness(pipeline.warehouse, calendar)
            holdings = read_holdings(pipeline.warehouse, calendar, contracts)
            lineage = Lineage(pipeline.registry)
        asked = [one for one in found if named in (None, one.feature_set)]
        shortages = explain(asked, holdings, lineage)
        if json:
            put_json(_readiness_as_json(asked, shortages, holdings))
        else:
            show_readiness(asked, shortages, holdings)
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


def _readiness_as_json(
    found: Sequence[Readiness], shortages: Sequence[Shortage], holdings: Sequence[Holding]
) -> dict[str, object]:
    return {
        "sets": [asdict(one) | {"share": one.share} for one in found],
        "shortages": [
            {
                "season": one.season,
                "phase": one.phase,
                "shares": one.shares,
                "features": [
                    asdict(lack.missing)
                    | {
                        "feature_sets": lack.feature_sets,
                        "cause": lack.cause,
                        "gaps": [
                            asdict(gap.holding) | {"columns": gap.columns} for gap in lack.gaps
                        ],
                    }
                    for lack in one.lacks
                ],
            }
            for one in shortages
        ],
        "holdings": [asdict(one) | {"share": one.share} for one in holdings],
    }


def show_readiness(
    found: Sequence[Readiness], shortages: Sequence[Shortage], holdings: Sequence[Holding]
) -> None:
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
    put_table(
        "games that the raw tables know",
        ["season", "table", "games", "of", "share", "first", "last"],
        [
            [
                one.season,
                one.table,
                f"{one.found:,}",
                f"{one.needed:,}",
                f"{one.share:.1%}",
                one.first,
                one.last,
            ]
            for one in holdings
            if one.column is None
        ],
    )
    for shortage in shortages:
        _show_shortage(shortage)


def _show_shortage(shortage: Shortage) -> None:
    shares = ", ".join(f"{name} {share:.1%}" for name, share in shortage.shares.items())
    put_table(
        f"why few rows of {shortage.season} {shortage.phase} are ready: {shares}",
        ["feature", "missing", "share", "sets", "cause"],
        [
            [
                lack.missing.feature,
                f"{lack.missing.rows:,}",
                f"{lack.missing.share:.1%}",
                "all"
                if len(lack.feature_sets) == len(shortage.shares)
                else " ".join(lack.feature_sets),
                lack.cause,
            ]
            for lack in shortage.lacks
        ],
    )
