"""The sample season by the whole way on BigQuery, against the tests' server, which is not the real
thing: what it counts are jobs and requests; what it times is mostly its own computing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bigquery.server import BigQueryServer
from tests.service.bigquery.serving import Instance, environment, tipoff

FIRST, LAST = "2025-10-01", "2026-06-30"
ONE_DATE = "2026-03-03"
CHUNK_DATES = 100
"""As docs/bigquery.md advises."""
STEPS = {
    "sample": "`tipoff sample`: the raw tables, loaded",
    "backfill": "**`tipoff backfill --whole-ranges` over HTTP, with all that it stands on**",
    "again": "the same again, all unchanged",
    "date": "`POST /process-date`, forced: five tables of one date",
    "unchanged": "… unchanged",
    "coverage": "`tipoff coverage`, a new process",
}

Counted = tuple[float, float, float]
"""Seconds, jobs, requests."""


def measure_on_bigquery() -> dict[str, float]:
    with TemporaryDirectory() as folder, BigQueryServer() as server:
        address = f"bigquery://{server.project}/US?prefix=bench_"
        environ = environment(server, address, chunk_dates=str(CHUNK_DATES))

        def command(*words: str) -> None:
            done = tipoff(environ, *words)
            assert done.returncode == 0, done.stdout + done.stderr

        def counted(work: Callable[[], object]) -> Counted:
            jobs, started = len(server.jobs), time.perf_counter()
            server.requests.clear()
            work()
            seconds = time.perf_counter() - started
            return seconds, len(server.jobs) - jobs, len(server.requests)

        found = {"sample": counted(lambda: command("sample", "--seasons", "1"))}
        with Instance(environ, Path(folder) / "service.log") as instance:

            def backfill() -> None:
                ranges = ("--start", FIRST, "--end", LAST, "--whole-ranges", "--yes")
                command("backfill", *ranges, "--url", instance.url)

            def ask(**said: object) -> None:
                instance.ask(analysis_date=ONE_DATE, **said).raise_for_status()

            found["backfill"] = counted(backfill)
            found["again"] = counted(backfill)
            found["date"] = counted(lambda: ask(force=True))
            found["unchanged"] = counted(ask)
        found["coverage"] = counted(lambda: command("coverage"))
    names = ("seconds", "jobs", "requests")
    return {
        f"{step}_{name}": value
        for step, values in found.items()
        for name, value in zip(names, values, strict=True)
    }


def bigquery_part(found: dict[str, float]) -> list[str]:
    return [
        "## One season on BigQuery",
        "",
        "Against the tests' server on the same machine, **not real BigQuery**: jobs and requests"
        " are what they would be there, the seconds are not; most of them are Google's analyser and"
        f" the DuckDB that the server computes with. Chunks of {CHUNK_DATES} dates.",
        "",
        "| | took | jobs | requests |",
        "|---|---|---|---|",
        *(
            f"| {what} | {found[f'{step}_seconds']:.1f} s | {found[f'{step}_jobs']:.0f}"
            f" | {found[f'{step}_requests']:.0f} |"
            for step, what in STEPS.items()
        ),
    ]


if __name__ == "__main__":
    print("\n".join(bigquery_part(measure_on_bigquery())))
