"""The page of what models come to: made of tiny runs, and the one that is committed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.backtests import grid
from benchmarks.backtests.grid import SEASONS, Wanted, against_two, carried_out, every_wanted
from benchmarks.backtests.page import MODEL_COLUMNS, label, model_cells, page, two_sources
from benchmarks.backtests.seasons import NEEDED, checked_data
from modeling.fitting.recipe import Framework
from modeling.runs import BACKTESTS, PREDICTIONS
from modeling.training_set import TrainingSet
from processors.errors import UsageError
from tests.modeling.small import make_rows

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "results.md"
CELL = re.compile(r"\s*\|\s*")


@pytest.fixture(scope="module")
def rows() -> TrainingSet:
    """A season without a line, and one with."""
    first, second = make_rows(dates=40), make_rows(dates=40, seed=2)
    nothing = np.full(len(first), np.nan)
    first = replace(first, cascade=nothing, draftkings=nothing, consensus=nothing)
    told = {
        name: np.concatenate([value, getattr(second, name)])
        for name, value in vars(first).items()
        if isinstance(value, np.ndarray)
    }
    told["seasons"] = np.repeat(SEASONS, len(first))
    told["days"][len(first) :] += 365
    return replace(first, **told)


def ridges(season: int) -> list[Wanted]:
    return [one for one in every_wanted(season) if one.framework is Framework.RIDGE]


def rows_of(text: str) -> dict[str, list[list[str]]]:
    """The cells of each row, by the heading that it stands under."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {
        heading: [CELL.split(line)[1:-1] for line in part.splitlines() if line.startswith("| ")]
        for heading, part in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_page_of_small_runs(rows: TrainingSet, tmp_path: Path) -> None:
    wanted = {season: ridges(season)[3] for season in SEASONS}
    runs = {season: [(one, carried_out(rows, one, tmp_path))] for season, one in wanted.items()}
    two = [(replace(one, sources=grid.TWO_SOURCES), told) for one, told in runs[SEASONS[1]]]
    text = page("How.", runs, two, "## What was tried\n\nNothing.\n")
    found = rows_of(text)
    (model,) = runs[SEASONS[1]]
    listed = model[1]["summary"]["listed"]
    said = found["2023-24: players with a line"]
    assert said[-1][:5] == [*model_cells(model[0]), "240", f"{listed[0]['errors']['mae']:.3f}"]
    assert said[-1][5] == f"{listed[-1]['model_ahead']['mae']:+.3f}"
    assert [one[0] for one in said[2:-1]] == [
        "mean of 5",
        "mean of 10",
        "season mean",
        "blend",
        "line (cascade)",
    ]
    means = {
        one["errors"]["mae"]: one["model_ahead"]["mae"] for one in model[1]["summary"]["all"][1:]
    }
    assert found["2023-24: everybody"][-1][5] == f"{means[min(means)]:+.3f}"
    (none,) = found["2022-23: players with a line"][2:]
    assert none[3:5] == ["0", "no book's line of it is in the data"]
    assert "0.000" not in " ".join(none)
    # The first weeks have too little before them.
    assert found["2022-23: everybody"][-1][3] == "228"
    assert text.endswith("## What was tried\n\nNothing.\n")


def test_two_sources(rows: TrainingSet, tmp_path: Path) -> None:
    told = [(one, carried_out(rows, one, tmp_path)) for one in against_two(SEASONS[1])]
    (cells,) = rows_of("\n\n".join(two_sources(told))).values()
    assert [one[3] for one in cells[2:]] == ["consensus", "draftkings"] * 2
    assert {one[4] for one in cells[2:]} == {"240"}


def test_kept_runs(rows: TrainingSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was walked is not walked again, but for other rows."""
    (wanted, *_) = ridges(SEASONS[1])
    told = carried_out(rows, wanted, tmp_path)
    written = tmp_path / BACKTESTS / wanted.name / PREDICTIONS
    before = written.stat().st_mtime_ns
    assert carried_out(rows, wanted, tmp_path) == told
    assert written.stat().st_mtime_ns == before
    carried_out(replace(rows, partitions=rows.partitions[1:]), wanted, tmp_path)
    assert written.stat().st_mtime_ns > before


def test_missing_data(tmp_path: Path) -> None:
    for name in NEEDED[1:]:
        (tmp_path / f"{name}.parquet").touch()
    with pytest.raises(UsageError, match=r"lacks games\.parquet$"):
        checked_data(tmp_path)


def test_committed_page() -> None:
    """Every run that is wanted has its row."""
    found = rows_of(COMMITTED.read_text())
    for season in SEASONS:
        everybody = [one[:3] for one in found[f"{label(season)}: everybody"]]
        assert everybody[0] == MODEL_COLUMNS
        for wanted in every_wanted(season):
            assert model_cells(wanted) in everybody, wanted.name
    listed = [one[:3] for one in found["2023-24: players with a line"]]
    for wanted in every_wanted(SEASONS[-1]):
        assert model_cells(wanted) in listed, wanted.name
