"""Measure on one season and on four, a backfill over two, the page over five, one
season on BigQuery; write it down."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import backfill
from benchmarks.machine import machine
from benchmarks.measuring import draw, in_a_process, measure_import
from benchmarks.on_bigquery import bigquery_part, measure_on_bigquery
from benchmarks.page import SEASONS as LOOKED_AT_SEASONS
from benchmarks.page import page_part

RESULTS = Path(__file__).parent / "results.md"
SEASONS = (1, 4)
SERVED = {
    "missing": "service: a date's five tables, missing",
    "forced": "service: … forced, the same date",
    "unchanged": "service: … unchanged",
    "looks": "service: `/readyz` and `/metrics` while it computes",
}
BACKFILLED = {
    "gentle": ("one by one, as gently as by default", "60 s"),
    "one_by_one": ("**one by one, each as soon as the one before is answered**", "60 s"),
    "ranges": ("**by whole ranges**", "12 s"),
    "from_raw": ("by whole ranges from raw, with the ten analytics tables", ""),
}


def measure(seasons: int) -> dict[str, dict[str, float]]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.duckdb"
        found = {"import": measure_import(file, draw(seasons, Path(folder)))}
        for step in ("rebuild", "bare", "date", "plan", "cache", "polars", "serving", "learning"):
            found[step] = in_a_process(step, file)
    return found


def measure_raw(step: str, seasons: int) -> dict[str, float]:
    """A step that computes by itself."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.duckdb"
        measure_import(file, draw(seasons, Path(folder)))
        return in_a_process(step, file)


def page(
    found: dict[int, dict[str, dict[str, float]]],
    backfilled: dict[str, float],
    looked_at: dict[str, float],
    on_bigquery: dict[str, float],
) -> str:
    lines = [
        "# Benchmarks",
        "",
        f"`make bench`, {machine()}. These machines are noisy: read the ratios, which are of one"
        " run.",
        "",
        "| | " + " | ".join(f"{n} season{'s' if n > 1 else ''}" for n in found) + " |",
        "|---|" + "---|" * len(found),
    ]

    def row(name: str, cells: list[str]) -> None:
        lines.append(f"| {name} | " + " | ".join(cells) + " |")

    every = list(found.values())
    row("raw rows", [f"{one['import']['rows']:,.0f}" for one in every])
    row("dates with games", [f"{one['rebuild']['dates']:.0f}" for one in every])
    row("import", [_seconds(one["import"]) for one in every])
    row("bare SELECTs of all tables", [_seconds(one["bare"]) for one in every])
    row(
        "**all tables from raw, published and remembered**",
        [_seconds(one["rebuild"]) for one in every],
    )
    row(
        "… against the bare SELECTs",
        [f"{one['rebuild']['seconds'] / one['bare']['seconds']:.2f} ×" for one in every],
    )
    row("the same again, all unchanged", [f"{one['rebuild']['again']:.2f} s" for one in every])
    row("one date, bare SELECTs", [f"{one['date']['bare']:.3f} s" for one in every])
    row(
        "**one date, published again** (median of 7, warm)",
        [f"{one['date']['seconds']:.3f} s" for one in every],
    )
    row(
        "… against its bare SELECTs",
        [f"{one['date']['seconds'] / one['date']['bare']:.2f} ×" for one in every],
    )
    row(
        "**one date, the five precompute tables** (median of 7, warm)",
        [f"{one['date']['precompute']:.3f} s" for one in every],
    )
    row(
        "one date, the cache's averages by a query a player",
        [f"{one['date']['loop']:.3f} s" for one in every],
    )
    row("one date, first in a process", [f"{one['date']['first']:.3f} s" for one in every])
    row("one date, unchanged", [f"{one['date']['unchanged']:.3f} s" for one in every])
    row(
        "**plan of its dates**, cold",
        [f"{one['plan']['seconds']:.2f} s for {one['plan']['dates']:.0f}" for one in every],
    )
    row("… again in the same process", [f"{one['plan']['warm']:.2f} s" for one in every])
    row("player form and daily cache, bare", [_seconds(one["cache"]) for one in every])
    row(
        "the cache's rolling part in polars (7 columns of 30)",
        [_seconds(one["polars"]) for one in every],
    )
    row(
        "**service: from its start to ready** (median of 5)",
        [f"{one['serving']['start']:.2f} s" for one in every],
    )
    row(
        "service: a date's five tables, first in a process (median of 5)",
        [f"{one['serving']['first']:.3f} s" for one in every],
    )
    for key, what in SERVED.items():
        row(
            f"{what}, p50 / p99",
            [
                f"{one['serving'][f'{key}_p50']:.3f} / {one['serving'][f'{key}_p99']:.3f} s"
                for one in every
            ],
        )
    row(
        "**training set**, read with its proofs, and as Parquet",
        [
            f"{one['learning']['read']:.2f} + {one['learning']['written']:.2f} s for"
            f" {one['learning']['rows']:,.0f} rows"
            for one in every
        ],
    )
    for framework in ("ridge", "lightgbm", "catboost"):
        row(
            f"walk-forward over the last season, weekly refits: {framework} on v12",
            [
                f"{one['learning'][framework]:.0f} s for {one['learning']['fits']:.0f} fits"
                for one in every
            ],
        )
    row("peak memory of the rebuild", [f"{one['rebuild']['peak_mb']:,.0f} MB" for one in every])
    first, last = every[0]["rebuild"], every[-1]["rebuild"]
    growth = (last["seconds"] / first["seconds"]) / (last["dates"] / first["dates"])
    lines += ["", f"Time per date, four seasons against one: {growth:.2f} ×.", ""]
    lines += [*backfill_part(backfilled), "", *page_part(looked_at), ""]
    lines += bigquery_part(on_bigquery)
    return "\n".join(lines) + "\n"


def backfill_part(found: dict[str, float]) -> list[str]:
    asked = backfill.DONE["asked"]
    return [
        f"## {asked} dates over HTTP",
        "",
        "`tipoff backfill` against `tipoff serve`, two processes of one machine, from the client's"
        f" start to its end: {backfill.DATES} dates of {backfill.SEASONS} seasons, of which"
        f" {backfill.BOOTSTRAP} are bootstrap. The five precompute tables are missing.",
        "",
        "| | aim | took | a date | CPU of the service |",
        "|---|---|---|---|---|",
        *(
            f"| {what} | {aim and f'under {aim}'} | {found[f'{way}_seconds']:.1f} s"
            f" | {found[f'{way}_seconds'] / asked:.3f} s | {found[f'{way}_cpu']:.1f} s |"
            for way, (what, aim) in BACKFILLED.items()
        ),
    ]


def _seconds(step: dict[str, float]) -> str:
    return f"{step['seconds']:.2f} s"


def main() -> None:
    text = page(
        {seasons: measure(seasons) for seasons in SEASONS},
        measure_raw("backfill", backfill.SEASONS),
        measure_raw("page", LOOKED_AT_SEASONS),
        measure_on_bigquery(),
    )
    RESULTS.write_text(text)
    sys.stdout.write(text)


main()
