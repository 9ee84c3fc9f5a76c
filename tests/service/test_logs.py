"""Log lines: one JSON object each, whatever anybody sends; who asked what, and never a secret."""

from __future__ import annotations

import io
import json
import logging
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.observing.at_hand import trace_of
from service.observing.logs import JsonLines, PlainLines
from service.office import opened
from service.settings import Settings
from tests.service.auth.issuer import AUDIENCE, MACHINE, claims, segment
from tests.service.conftest import Service
from tests.service.process import Served
from warehouse.duckdb.ownership import read_owner

DAY = "2026-01-15"
TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"
HOSTILE = '"}\n{"severity": "DEBUG"}\r\n\u2028\x1b[2J'
LABELS = "logging.googleapis.com/labels"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What the service has logged since, read as a log reader would: a line, an object."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines("my-project"))
    logger = logging.getLogger("service")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

    def read() -> list[dict[str, Any]]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        assert text.isascii()
        return [json.loads(line) for line in text.splitlines()]

    yield read
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def post(client: TestClient, headers: dict[str, str] | None = None, **body: object) -> Any:
    return client.post("/process-date", json={"analysis_date": DAY} | body, headers=headers)


class TestRequests:
    def test_one_line(self, computed: TestClient, lines: Lines) -> None:
        answer = post(computed, {"traceparent": TRACEPARENT}, correlation_id="c-1")
        (line,) = lines()
        labels = line.pop(LABELS)
        assert line.pop("duration_ms") > 0
        assert line.pop("time").endswith("+00:00")
        assert line == {
            "severity": "INFO",
            "message": "POST /process-date 200",
            "logger": "service",
            "method": "POST",
            "route": "/process-date",
            "status": 200,
            "logging.googleapis.com/trace": f"projects/my-project/traces/{TRACE}",
        }
        assert labels == {
            "request_id": answer.headers["X-Request-Id"],
            "run_id": answer.json()["run_id"],
            "correlation_id": "c-1",
        }

    def test_rehearsal(self, computed: TestClient, lines: Lines) -> None:
        run_id = post(computed, dataset_prefix="trial_").json()["run_id"]
        assert lines()[-1][LABELS]["run_id"] == run_id

    def test_range(self, computed: TestClient, lines: Lines) -> None:
        answer = computed.post(
            "/process-range", json={"start": DAY, "end": "2026-01-20", "correlation_id": "c-2"}
        )
        end = json.loads(answer.text.splitlines()[-1])
        (line,) = lines()
        assert line["message"] == "POST /process-range 200"
        assert (line[LABELS]["run_id"], line[LABELS]["correlation_id"]) == (end["run_id"], "c-2")

    def test_template_instead_of_address(self, computed: TestClient, lines: Lines) -> None:
        computed.get("/explain/2026-01-15?tables=player_daily_cache")
        computed.get("/nothing/here?token=s3cret")
        assert [line["message"] for line in lines()] == [
            "GET /explain/{day} 200",
            "GET none 404",
        ]

    def test_probes_are_quiet(self, computed: TestClient, lines: Lines) -> None:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert computed.get(path).status_code == 200
        assert lines() == []

    def test_caller(
        self,
        serve: Service,
        computed_season_file: Path,
        lines: Lines,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """By e-mail; neither the token nor any other header nor the body is repeated."""
        monkeypatch.setenv("K_SERVICE", "tipoff")
        monkeypatch.setenv("TIPOFF_EPHEMERAL", "yes")
        client = serve(
            computed_season_file, auth="platform", audience=AUDIENCE, allowed_emails=(MACHINE,)
        )
        head = segment({"alg": "RS256", "kid": "one", "typ": "JWT"})
        token = f"{head}.{segment(claims())}.SIGNATURE_REMOVED_BY_GOOGLE"
        headers = {"Authorization": f"Bearer {token}", "X-Other": "0th3r"}
        answer = post(client, headers, triggered_by="b0dy")
        assert answer.status_code == 200
        assert post(client, {"Authorization": "Bearer f0rged"}).status_code == 401
        right, wrong = lines()
        assert right["caller"] == MACHINE
        assert (wrong["status"], "caller" in wrong) == (401, False)
        for secret in (token, "f0rged", "0th3r", "b0dy"):
            assert secret not in json.dumps([right, wrong])


class TestHostile:
    def test_correlation_id(self, computed: TestClient, lines: Lines) -> None:
        post(computed, correlation_id=HOSTILE)
        (line,) = lines()
        assert line["severity"] == "INFO"
        assert line[LABELS]["correlation_id"] == HOSTILE

    @pytest.mark.parametrize(
        "text", ["x" * 10_000, "\ud800", HOSTILE * 1000], ids=["long", "half", "hostile"]
    )
    def test_any_text_is_one_short_line(self, text: str) -> None:
        # Not through a logger: the test runner would have to write it down, in UTF-8.
        record = logging.LogRecord("service", logging.INFO, "", 0, "%s", (text,), None)
        record.fields = {"field": text}
        said = JsonLines("my-project").format(record)
        assert said.isascii()
        assert len(said.splitlines()) == 1
        line = json.loads(said)
        assert line["message"].rstrip("…") == text[: len(line["message"].rstrip("…"))]
        assert len(line["field"]) <= 501

    def test_terminal(self) -> None:
        """Nothing reaches a terminal that would move its cursor."""
        record = logging.LogRecord("service", logging.INFO, "", 0, HOSTILE, (), None)
        record.fields = {"field": HOSTILE}
        assert PlainLines().format(record).isprintable()


class TestOutcomes:
    def test_what_is_amiss(self, serve: Service, raw_season_file: Path, lines: Lines) -> None:
        client = serve(raw_season_file, owned_layers="precompute")
        run_id = post(client, processors=["player_daily_cache"]).json()["run_id"]
        blocked, request = lines()
        assert blocked["message"].startswith(
            f"nba_precompute.player_daily_cache {DAY} blocked: nba_analytics."
        )
        assert (blocked["severity"], blocked["processor"]) == (
            "WARNING",
            "PlayerDailyCacheProcessor",
        )
        assert blocked[LABELS]["run_id"] == request[LABELS]["run_id"] == run_id

    def test_what_is_as_it_should_be(self, computed: TestClient, lines: Lines) -> None:
        post(computed)
        post(computed, analysis_date="2025-10-25")
        post(computed, analysis_date="2026-07-20")
        assert {line["message"] for line in lines()} == {"POST /process-date 200"}


class TestUnexpected:
    @pytest.fixture
    def broken(self, computed_season_file: Path, tmp_path: Path) -> Iterator[TestClient]:
        file = tmp_path / "season.duckdb"
        shutil.copy(computed_season_file, file)
        with opened(Settings(warehouse=f"duckdb://{file}")) as office:
            app = create_app(office)

            @app.get("/broken")
            def broken() -> None:
                raise LookupError("in the cellar")

            yield TestClient(app)

    def test_answer_and_traceback(self, broken: TestClient, lines: Lines) -> None:
        answer = broken.get("/broken")
        assert (answer.status_code, answer.json()["error"]) == (500, "internal")
        assert "cellar" not in answer.text
        assert "LookupError" not in answer.text
        unexpected, request = lines()
        assert (unexpected["severity"], unexpected["message"]) == (
            "ERROR",
            "unexpected LookupError",
        )
        assert unexpected["stack_trace"].endswith("LookupError: in the cellar")
        assert unexpected[LABELS]["request_id"] == answer.json()["details"]["request_id"]
        assert (request["message"], request["severity"]) == ("GET /broken 500", "WARNING")


class TestTrace:
    @pytest.mark.parametrize(
        ("headers", "trace"),
        [
            ({"traceparent": TRACEPARENT}, TRACE),
            ({"x-cloud-trace-context": f"{TRACE}/123;o=1"}, TRACE),
            ({"x-cloud-trace-context": TRACE.upper()}, TRACE),
            ({"traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01"}, None),
            ({"traceparent": f"{TRACEPARENT}\n"}, None),
            ({"traceparent": "x", "x-cloud-trace-context": TRACE}, TRACE),
            ({"x-cloud-trace-context": f"../{TRACE}"}, None),
            ({}, None),
        ],
    )
    def test_from_headers(self, headers: dict[str, str], trace: str | None) -> None:
        assert trace_of(headers) == trace


class TestProcess:
    def test_from_start_to_stop(self, computed_season_file: Path, tmp_path: Path) -> None:
        """The process's own lines, uvicorn's among them; what is secret is masked."""
        file = tmp_path / "season.duckdb"
        shutil.copy(computed_season_file, file)
        with Served(file, {"TIPOFF_ALLOWED_EMAILS": "someone@example.com"}) as served:
            assert served.end() == 0
        text = served.log.read_text()
        found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        assert "someone@example.com" not in text
        started = next(line for line in found if line["message"] == "started")
        assert started["settings"]["allowed_emails"] == "set"
        assert started["settings"]["chunk_dates"] == 30
        assert {line["logger"] for line in found} == {"service", "uvicorn.error"}
        assert (found[-1]["message"], found[-1]["why"]) == ("stopped", "SIGTERM")

    def test_on_a_terminal(self, computed_season_file: Path, tmp_path: Path) -> None:
        file = tmp_path / "season.duckdb"
        shutil.copy(computed_season_file, file)
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "clients.command", "serve", "--port", "0"],
            env={**os.environ, "TIPOFF_WAREHOUSE": f"duckdb://{file}"},
            stdout=theirs,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        deadline = time.monotonic() + 30
        seen = ""
        while "Started server process" not in seen and time.monotonic() < deadline:
            seen += os.read(ours, 4096).decode()
        assert read_owner(file)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        os.close(ours)
        assert " INFO started url=http://127.0.0.1:" in seen
        assert "{" not in seen.split("settings=")[0]
