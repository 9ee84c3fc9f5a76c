"""A process of its own that runs dates on a file, and may be killed at a step of the way.

python -m tests.pipeline.killed FILE '{"ranges": [[0, 3]], "step": "deleted", "nth": 2}'

Where it predicts, each range is a date, and live.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.predicting import predict
from pipeline.run import Pipeline
from processors.registry import load
from tests.oracle.tiny import OPENING
from tests.pipeline.small import ask, run
from warehouse.duckdb.engine import DuckDBWarehouse

ROOT = Path(__file__).parents[2]


def start(
    path: Path,
    ranges: Sequence[tuple[int, int]],
    *,
    step: str = "",
    nth: int = 0,
    threads: int = 1,
    predicts: bool = False,
) -> subprocess.Popen[str]:
    said = {"ranges": ranges, "step": step, "nth": nth, "threads": threads, "predicts": predicts}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.pipeline.killed", str(path), json.dumps(said)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def main(path: str, said: str) -> None:
    wanted = json.loads(said)
    warehouse = DuckDBWarehouse(Path(path), wait=60, threads=wanted["threads"])
    seen = 0

    def on_step(step: str) -> None:
        nonlocal seen
        seen += step == wanted["step"]
        if seen and seen == wanted["nth"]:
            os.kill(os.getpid(), signal.SIGKILL)

    pipeline = Pipeline(warehouse, load(), on_step=on_step)
    for first, last in wanted["ranges"]:
        if wanted["predicts"]:
            report = predict(pipeline, ask(pipeline, first, last, "predictions"), live=True).report
        else:
            report = run(pipeline, first, last)
        for one in report.results:
            if one.evidence.expectation.games:
                print(one.table, (one.day - OPENING).days, one.status.value)
    warehouse.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
