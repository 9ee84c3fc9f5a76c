"""Traces: sent to a real collector's address where the setting asks for them, else not loaded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.service.process import Served

TRACE = "0af7651916cd43dd8448eb211c80319c"
BODY = {"analysis_date": "2026-01-15", "processors": ["player_daily_cache"], "force": True}


@dataclass
class Collector:
    """What a collector would have been handed."""

    port: int
    spans: list[Span] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "TIPOFF_TRACES": "true",
            "TIPOFF_PROJECT": "my-project",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "NO_PROXY": "127.0.0.1",
        }


@contextmanager
def collecting() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = ExportTraceServiceRequest()
            said.ParseFromString(self.rfile.read(int(self.headers["content-length"])))
            for resource in said.resource_spans:
                for scope in resource.scope_spans:
                    collector.spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def file(computed_season_file: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, copy)
    return copy


def test_request_and_its_tables(file: Path) -> None:
    with collecting() as collector, Served(file, collector.settings) as served:
        answer = httpx.post(
            f"{served.url}/process-date",
            json=BODY,
            headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"},
            timeout=30,
        )
        httpx.post(f"{served.url}/process-date", json=BODY, timeout=30)
        assert served.end() == 0
    first, second = collector.spans
    assert {one.name for one in (first, second)} == {"POST /process-date"}
    assert first.trace_id.hex() == TRACE
    said = {one.key: one.value.string_value for one in first.attributes}
    assert (said["tipoff.run_id"], said["tipoff.status"]) == (answer.json()["run_id"], "completed")
    assert "nba_precompute.player_daily_cache" in {event.name for event in first.events}
    lines = [json.loads(line) for line in served.log.read_text().splitlines() if line[0] == "{"]
    traces = [
        line["logging.googleapis.com/trace"]
        for line in lines
        if line["message"] == "POST /process-date 200"
    ]
    assert traces == [f"projects/my-project/traces/{one.trace_id.hex()}" for one in (first, second)]


def test_no_collector(file: Path) -> None:
    """Nobody listens: requests are answered all the same, and the end isn't put off."""
    settings = Collector(port=1).settings
    with Served(file, settings) as served:
        assert httpx.post(f"{served.url}/process-date", json=BODY, timeout=30).status_code == 200
        begun = time.monotonic()
        assert served.end() == 0
        assert time.monotonic() - begun < 5


def test_extra_is_not_installed(file: Path) -> None:
    """Refused before the warehouse is opened, with what to do."""
    absent = "import sys; sys.modules['opentelemetry.sdk'] = None; "
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{absent} from clients.command import main; main(['serve', '--port', '0'])",
        ],
        env={**os.environ, "TIPOFF_WAREHOUSE": f"duckdb://{file}", "TIPOFF_TRACES": "true"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 64
    assert "usage: TIPOFF_TRACES is set" in done.stderr
    assert "pip install 'tipoff[otel]'" in done.stderr
