"""`tipoff dataset`: the store beside the points that were scored, as a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, pipeline_at
from clients.printing import put_json, put_table, say
from pipeline.days import parse_day
from processors.errors import UsageError
from processors.features import SETS

if TYPE_CHECKING:
    from modeling.training_set import TrainingSet

FeatureSetOption = Annotated[
    str, typer.Option("--feature-set", metavar="NAME", help=f"One of {', '.join(SETS)}.")
]
NoVegasOption = Annotated[
    bool,
    typer.Option("--no-vegas", help="Without features 25-28; only v12_blind is without the line."),
]
StaleOption = Annotated[
    bool,
    typer.Option("--allow-stale", help="Take partitions that today's code would make anew."),
]
UnauditedOption = Annotated[
    bool,
    typer.Option("--allow-unaudited", help="Take partitions whose blindness nobody has proven."),
]


def dataset(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The Parquet file to write.")],
    feature_set: FeatureSetOption = "v12",
    no_vegas: NoVegasOption = False,
    start: Annotated[
        str | None, typer.Option("--start", metavar="DATE", help="First date; else all.")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", metavar="DATE", help="Last date.")] = None,
    allow_stale: StaleOption = False,
    allow_unaudited: UnauditedOption = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Write a training set: a row a player-game that was played, with where it comes from."""
    # Arrays take their time to load, and who only asks for help needs none.
    from modeling.reading import read_training_set
    from modeling.storing import origin, write_training_set

    checked_set(feature_set)
    first, last = (parse_day(one) if one else None for one in (start, end))
    if first and last and last < first:
        raise UsageError(f"the range ends on {last}, before it starts on {first}")
    with pipeline_at(warehouse, wait) as pipeline:
        rows = read_training_set(
            pipeline,
            first,
            last,
            allow_stale=allow_stale,
            allow_unaudited=allow_unaudited,
        )
    written = write_training_set(rows, out, feature_set, no_vegas=no_vegas)
    lacking = rows.lacking(feature_set)
    if json:
        told = {**origin(rows), "feature_set": feature_set, "written": written, "file": str(out)}
        put_json(told | {"not_ready": len(rows) - written, "lacking": lacking})
    else:
        _show(rows, feature_set, written, lacking)
        say(f"{written:,} rows in {out}")
    return 0


def checked_set(feature_set: str) -> None:
    """Refused by its name before anything is opened."""
    if feature_set not in SETS:
        raise UsageError(f"no feature set is called {feature_set!r}: there are {', '.join(SETS)}")


def _show(rows: TrainingSet, feature_set: str, written: int, lacking: Mapping[str, int]) -> None:
    from modeling.provenance import verdicts
    from modeling.training_set import REASONS

    put_table(
        "left out",
        ["season", "reason", "rows", "which means"],
        [[one.season, one.reason, f"{one.rows:,}", REASONS[one.reason]] for one in rows.left_out],
    )
    put_table(
        f"not ready for {feature_set}: {len(rows) - written:,} of {len(rows):,} rows",
        ["feature", "rows that lack it"],
        [[name, f"{count:,}"] for name, count in lacking.items()],
    )
    put_table(
        "partitions that must be blind, by the latest audit",
        ["verdict", "partitions"],
        [[word, f"{count:,}"] for word, count in verdicts(rows.partitions).items()],
    )
