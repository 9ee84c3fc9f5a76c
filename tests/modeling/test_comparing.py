"""Runs that were kept: the same bytes twice, and beside each other what their reports said."""

from __future__ import annotations

import math
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest

from modeling.backtest import Backtest, run_backtest
from modeling.comparing import Compared, compare
from modeling.report.report import Report, make_report
from modeling.runs import read_runs, write_run
from modeling.training_set import LineSource
from tests.modeling import independent
from tests.modeling.independent import Said
from tests.modeling.small import asked, make_rows

SOURCES = (LineSource.CONSENSUS, LineSource.DRAFTKINGS)
ROWS = make_rows()
PRICED = replace(
    ROWS,
    # Each source lacks some that the other has, and they differ by more than an edge.
    draftkings=np.where(np.arange(len(ROWS)) % 5 == 0, np.nan, ROWS.cascade),
    consensus=np.where(np.arange(len(ROWS)) % 7 == 0, np.nan, ROWS.cascade + 3),
)


def kept(home: Path, name: str, done: Backtest) -> Report:
    done = replace(done, asked=replace(done.asked, name=name))
    report = make_report(done)
    write_run(home, done, report)
    return report


def beside(home: Path, *names: str) -> list[Compared]:
    return compare(read_runs(home, names))


def test_same_bytes(tmp_path: Path) -> None:
    """Report, page and predictions of the same rows and the same recipe."""
    kinds = []
    for home in (tmp_path / "one", tmp_path / "other"):
        rows = replace(make_rows(), draftkings=PRICED.draftkings, consensus=PRICED.consensus)
        kept(home, "a", run_backtest(rows, asked(sources=SOURCES)))
        files = sorted((home / "backtests" / "a").iterdir())
        kinds.append({one.name: one.read_bytes() for one in files})
    assert set(kinds[0]) == {"predictions.parquet", "report.html", "report.json"}
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("include_no_line", [True, False])
@pytest.mark.parametrize("sources", [SOURCES, SOURCES[::-1]])
def test_line_is_the_reports(
    tmp_path: Path, sources: tuple[LineSource, ...], include_no_line: bool
) -> None:
    """Of several sources the first, on the rows of all: as flags and gates have it."""
    done = run_backtest(PRICED, asked(sources=sources, include_no_line=include_no_line))
    report = kept(tmp_path, "two", done)
    (found,) = beside(tmp_path, "two")
    against = report.summary.lines[0]
    assert against.source is sources[0]
    assert found.picks == next(one for one in against.picks if one.edge == 3)
    for said, reported in ((found.listed, against.model), (found.line, against.line)):
        assert astuple(said) == pytest.approx(astuple(reported))


def test_without_lines(tmp_path: Path) -> None:
    rows = replace(ROWS, cascade=np.full(len(ROWS), np.nan))
    kept(tmp_path, "none", run_backtest(rows, asked()))
    (found,) = beside(tmp_path, "none")
    assert (found.picks.all.decided, found.listed.n, found.line.n) == (0, 0, 0)
    assert math.isnan(found.line.mae)


def test_paired(tmp_path: Path) -> None:
    """On the rows that both predict, whichever is named first."""
    everybody = run_backtest(ROWS, asked())
    few = run_backtest(ROWS, asked(first=54, last=70, include_no_line=False, feature_set="v9"))
    for name, done in (("all", everybody), ("few", few)):
        kept(tmp_path, name, done)
    first, second = beside(tmp_path, "all", "few")
    assert first.against_first is None
    paired = second.against_first
    assert paired is not None
    theirs = dict(zip(keys(everybody), everybody.predicted.tolist(), strict=True))
    rows = [
        Said(day, predicted, points)
        for (day, _), predicted, points in zip(
            keys(few), few.predicted.tolist(), few.rows.points.tolist(), strict=True
        )
    ]
    others = [theirs[key] for key in keys(few)]
    assert paired.n == len(few.rows) < len(everybody.rows)
    assert paired.mae == pytest.approx(independent.ahead(rows, others), abs=1e-9)
    low, high = independent.drawn_again(rows, others)
    assert abs(paired.low - low) < 0.15 * (high - low)
    assert abs(paired.high - high) < 0.15 * (high - low)
    turned = beside(tmp_path, "few", "all")[1].against_first
    assert turned is not None
    assert (turned.n, turned.mae) == (paired.n, pytest.approx(-paired.mae))


def keys(done: Backtest) -> list[tuple]:
    return list(zip(done.rows.days.tolist(), done.rows.players.tolist(), strict=True))
