"""Runs on disk: a folder each, with the report and every prediction beside what came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from modeling.arrays import Days, Floats, Texts, days_of
from modeling.backtest import Backtest
from modeling.baselines import baselines
from modeling.report.page import as_page
from modeling.report.report import Report, as_text
from modeling.storing import ORIGIN, origin, quoted, read_origin
from processors.errors import UsageError
from warehouse.files import Desk

BACKTESTS = "backtests"
REPORT, PAGE, PREDICTIONS = "report.json", "report.html", "predictions.parquet"
NAMES = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """A backtest read back: what it said, and of each row what was predicted beside the rest."""

    name: str
    report: Mapping[str, Any]
    origin: Mapping[str, Any]
    """The features as they were read, and every partition with its fingerprint; nothing of runs
    that were made before that was kept."""
    days: Days
    players: Texts
    points: Floats
    predicted: Mapping[str, Floats]
    """By predictor: the model's, each baseline's, each line."""


def checked_name(name: str) -> str:
    """A name becomes a folder: letters, digits, dot, dash and underscore."""
    if not NAMES.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a backtest: --name takes letters, digits, '.', '-' and '_',"
            " at most 80; its report and model are kept by it"
        )
    return name


def write_run(home: Path, done: Backtest, report: Report) -> Path:
    """Replaces a run of the same name; say where it is. It is one from its report on, which goes
    first and comes last: nobody finds the report of one beside what another predicted."""
    folder = home / BACKTESTS / checked_name(done.asked.name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).unlink(missing_ok=True)
    rows = done.rows
    arrays: dict[str, Any] = {
        "game_date": rows.days.astype("datetime64[us]"),
        "player_lookup": rows.players,
        "points": rows.points,
        "model": done.predicted,
        **baselines(rows, done.asked.sources),
    }
    with Desk(threads=1) as desk:
        desk.put("predictions", arrays)
        named = ", ".join(
            f'CASE WHEN isnan("{name}") THEN NULL ELSE "{name}" END AS "{name}"'
            for name in list(arrays)[2:]
        )
        desk.run(
            f"COPY (SELECT CAST(game_date AS DATE) AS game_date, player_lookup, {named}"
            " FROM predictions ORDER BY game_date, player_lookup)"
            f" TO {quoted(str(folder / PREDICTIONS))} (FORMAT parquet, COMPRESSION zstd,"
            f" KV_METADATA {{{ORIGIN}: {quoted(_told(done))}}})"
        )
    (folder / PAGE).write_text(as_page(report))
    draft = folder / f"{REPORT}.draft"
    draft.write_text(as_text(report))
    draft.replace(folder / REPORT)
    return folder


def read_run(home: Path, name: str) -> Run:
    """By its name under the home, or by its folder."""
    folder = next(
        (one for one in (home / BACKTESTS / name, Path(name)) if (one / REPORT).is_file()), None
    )
    if folder is None:
        known = sorted(path.parent.name for path in (home / BACKTESTS).glob(f"*/{REPORT}"))
        raise UsageError(
            f"there is no backtest {name!r} in {home / BACKTESTS}: there are"
            f" {', '.join(known) or 'none; tipoff backtest --name NAME makes one'}"
        )
    with Desk() as desk:
        desk.read("predictions", [folder / PREDICTIONS])
        columns = [one for one in desk.columns("predictions") if one != "_file"]
        named = ", ".join(f'"{one}"' for one in columns)
        rows = desk.rows(f"SELECT {named} FROM predictions ORDER BY game_date, player_lookup")
    values = dict(zip(columns, zip(*rows, strict=True), strict=True))
    return Run(
        name=name,
        report=json.loads((folder / REPORT).read_text()),
        origin=read_origin(folder / PREDICTIONS),
        days=days_of(list(values["game_date"])),
        players=np.array(values["player_lookup"], dtype=np.object_),
        points=np.array(values["points"], dtype=np.float64),
        predicted={one: np.array(values[one], dtype=np.float64) for one in columns[3:]},
    )


def _told(done: Backtest) -> str:
    return json.dumps({"features": done.asked.features, **origin(done.everything)}, sort_keys=True)


def read_runs(home: Path, names: Sequence[str]) -> list[Run]:
    """In the order asked for; twice the same is refused."""
    if len(set(names)) != len(names):
        raise UsageError(f"a run beside itself says nothing: {', '.join(names)}")
    return [read_run(home, name) for name in names]
