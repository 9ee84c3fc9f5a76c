"""The page of results, from the reports of the runs: only what they say is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.backtests.grid import Told, Wanted
from modeling.baselines import MEANS
from modeling.report.summary import MODEL

Runs = Sequence[tuple[Wanted, Told]]
NAMES = {"catboost": "CatBoost", "lightgbm": "LightGBM", "ridge": "ridge", "mixed": "mixed"}
BLINDNESS = "blindness"
"""The same for every run, as it judges all that was read: the page says it once."""
PICKED = ["won at edge 1", "at edge 3", "at edge 5"]
MODEL_COLUMNS = ["model", "loss", "set"]


def page(about: str, seasons: Mapping[int, Runs], two: Runs, tried: str) -> str:
    parts = ["# What the models come to on real seasons", about, *aims(seasons)]
    for season, runs in seasons.items():
        parts += season_part(label(season), runs)
    parts += two_sources(two)
    return "\n\n".join([*parts, tried.strip()]) + "\n"


def label(season: int) -> str:
    return f"{season}-{(season + 1) % 100:02}"


def aims(seasons: Mapping[int, Runs]) -> Iterator[str]:
    """What was hoped for, and by how many it was reached."""
    every = [one for runs in seasons.values() for one in runs]
    lined = [one for one in every if _line(one[1])]
    blind = [one for one in lined if one[0].feature_set == "v12_blind"]
    seeing = [one for one in lined if one[0].feature_set != "v12_blind"]
    yield "## The aims"
    yield _table(
        ["aim", "reached by", "not by"],
        [
            [
                "MAE below that of every mean, the 95 % interval below zero",
                *_reached(every, "baselines"),
            ],
            ["without the line at most 0.1 above the line's MAE", *_reached(blind, "line")],
            ["with it not above the line's MAE, beyond chance", *_reached(seeing, "line")],
        ],
    )


def season_part(season: str, runs: Runs) -> Iterator[str]:
    about = runs[0][1]["about"]
    lacking = max(about["lacking"], key=about["lacking"].get, default="nothing")
    yield f"## {season}: everybody"
    yield (
        f"{about['rows']:,} player-games from {about['first']} to {about['last']};"
        f" {about['not_ready']:,} are not ready for {about['feature_set']}, most often for want of"
        f" `{lacking}`. The best baseline is that of the least MAE on the same rows. Gates as in"
        " [backtest.md](backtest.md#the-report), but for that of blindness, of which more above."
    )
    yield _table(
        [*MODEL_COLUMNS, "n", "MAE", "- best baseline", "95 %", "red flags", "gates not passed"],
        [*_means(runs, "all", 4), *(_everybody(*one) for one in runs)],
    )
    flags = sorted({flag["says"] for _, told in runs for flag in told["flags"]})
    yield from (f"- red flag: {one}" for one in flags)
    yield f"## {season}: players with a line"
    lined = [one for one in runs if _line(one[1])]
    if not lined:
        none = [f"every model of {season}", "", "", "0", "no book's line of it is in the data"]
        yield _table([*MODEL_COLUMNS, "n", "MAE", "- line", "95 %", *PICKED], [[*none, *[""] * 5]])
        return
    yield _table(
        [*MODEL_COLUMNS, "n", "MAE", "- line", "95 %", *PICKED],
        [*_means(lined, "listed", 5), *(_listed(*one) for one in lined)],
    )


def two_sources(two: Runs) -> Iterator[str]:
    """Each source's own line, where both have one."""
    yield "## Consensus and DraftKings, 2023-24, on the rows of both"
    yield "`tipoff backtest --line-source consensus,draftkings`; the first one decides the gates."
    yield _table(
        [*MODEL_COLUMNS, "line of", "n", "line's MAE", "MAE", "- line", "95 %", *PICKED],
        [
            [
                *model_cells(wanted),
                against["source"],
                f"{against['rows']:,}",
                f"{against['line']['mae']:.3f}",
                f"{against['model']['mae']:.3f}",
                *_difference(_line(told, against["source"])["model_ahead"]),
                *_picked(against),
            ]
            for wanted, told in two
            for against in told["summary"]["lines"]
        ],
    )


def _reached(runs: Runs, gate: str) -> tuple[str, str]:
    """By how many, and by whom not."""
    passed = {
        one: next(held for held in told["gates"] if held["name"] == gate) for one, told in runs
    }
    held = sum(one["passed"] for one in passed.values())
    lacking = "; ".join(
        f"{label(one.season)} {one.model}: {gate['found']}"
        for one, gate in passed.items()
        if not gate["passed"]
    )
    return f"{held} of {len(passed)}", lacking or "none"


def _means(runs: Runs, of: str, empty: int) -> Iterator[list[str]]:
    """The baselines, on the rows of the run of the most rows; the line where there is one."""
    most = max((told for _, told in runs), key=lambda told: told["summary"][of][0]["errors"]["n"])
    for one in most["summary"][of]:
        errors = one["errors"]
        if one["predictor"] != MODEL:
            known = [f"{errors['n']:,}", f"{errors['mae']:.3f}"]
            yield [one["predictor"], "", "", *known, *[""] * empty]


def _everybody(wanted: Wanted, told: Told) -> list[str]:
    standings = told["summary"]["all"]
    model = _standing(standings, MODEL)
    means = [one for one in standings if one["predictor"] in MEANS]
    best = min(means, key=lambda one: one["errors"]["mae"])
    failed = [one["name"] for one in told["gates"] if not one["passed"]]
    return [
        *model_cells(wanted),
        f"{model['errors']['n']:,}",
        f"{model['errors']['mae']:.3f}",
        *_difference(best["model_ahead"]),
        str(len(told["flags"])),
        ", ".join(one for one in failed if one != BLINDNESS) or "none",
    ]


def _listed(wanted: Wanted, told: Told) -> list[str]:
    model, line = _standing(told["summary"]["listed"], MODEL), _line(told)
    return [
        *model_cells(wanted),
        f"{model['errors']['n']:,}",
        f"{model['errors']['mae']:.3f}",
        *_difference(line["model_ahead"]),
        *_picked(told["summary"]["lines"][0]),
    ]


def model_cells(wanted: Wanted) -> list[str]:
    """As its rows begin."""
    name = NAMES[wanted.framework.value]
    thinned = f", --rsm {wanted.rsm:g}" if wanted.rsm != 1 else ""
    return [name + thinned, str(wanted.loss), wanted.feature_set]


def _standing(standings: Iterable[Mapping[str, Any]], predictor: str) -> Mapping[str, Any]:
    return next((one for one in standings if one["predictor"] == predictor), {})


def _line(told: Told, source: str | None = None) -> Mapping[str, Any]:
    """Empty where no row has one."""
    lines = told["summary"]["lines"]
    name = source or (lines[0]["source"] if lines else "")
    return _standing(told["summary"]["listed"], f"line ({name})")


def _difference(found: Mapping[str, float]) -> tuple[str, str]:
    return f"{found['mae']:+.3f}", f"{found['low']:+.3f} to {found['high']:+.3f}"


def _picked(against: Mapping[str, Any]) -> Iterator[str]:
    for one in against["picks"]:
        hits = one["all"]
        low, high = hits["interval"]
        yield (
            f"{_share(hits['hit_rate'])} of {hits['decided']:,} ({_share(low)} to {_share(high)})"
            if hits["decided"]
            else "none of 0"
        )


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(one) + " |" for one in lines)
