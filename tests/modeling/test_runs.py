"""Runs on disk: one that is only half written is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeling import runs
from modeling.backtest import run_backtest
from modeling.report.report import make_report
from modeling.runs import read_run, write_run
from processors.errors import UsageError
from tests.modeling.small import asked, make_rows


def test_the_report_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while it is replaced, no old report stands beside new predictions."""
    done = run_backtest(make_rows(), asked(name="one"))
    write_run(tmp_path, done, make_report(done))
    assert sorted(read_run(tmp_path, "one").predicted["model"]) == sorted(done.predicted)

    def killed(_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(runs, "as_page", killed)
        with pytest.raises(KeyboardInterrupt):
            write_run(tmp_path, done, make_report(done))
    with pytest.raises(UsageError, match="there is no backtest 'one'"):
        read_run(tmp_path, "one")
    write_run(tmp_path, done, make_report(done))
    assert sorted(read_run(tmp_path, "one").predicted["model"]) == sorted(done.predicted)
