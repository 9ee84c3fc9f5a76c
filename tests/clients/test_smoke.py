"""What was deployed, asked by a real command over HTTP; who isn't it, or doesn't work, is found."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from clients.command import execute
from clients.identity import How, identity_for
from processors.errors import UsageError
from tests.clients.google import claims_of, serve_google
from tests.service.process import Served

COMMIT, OTHER = "4a" * 20, "5b" * 20
BUILT = {"TIPOFF_COMMIT": COMMIT, "TIPOFF_BUILT_AT": "2026-11-20T10:00:00Z"}
SERVICE = "https://tipoff-abc.run.app"


@pytest.fixture(scope="module")
def served(raw_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("deployed") / "season.duckdb"
    shutil.copy(raw_season_file, file)
    with Served(file, BUILT) as served:
        yield served


def smoke(capsys: pytest.CaptureFixture[str], url: str, *more: str) -> tuple[int, dict[str, Any]]:
    code = execute(["smoke", "--url", url, "--commit", COMMIT, "--wait", "0", "--json", *more])
    said = json.loads(capsys.readouterr().out)
    return code, {one["name"]: one for one in said.get("findings", [])} or said


@contextmanager
def bent(served: Served, path: str, **changes: Any) -> Iterator[str]:
    """The service behind a door that changes one of its answers, and its code by `code`."""
    code, page = changes.pop("code", None), changes.pop("page", None)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on(None)

        def do_POST(self) -> None:
            self._pass_on(self.rfile.read(int(self.headers["Content-Length"])))

        def _pass_on(self, body: bytes | None) -> None:
            answer = httpx.request(
                self.command,
                f"{served.url}{self.path}",
                content=body,
                headers={"Content-Type": "application/json"},
                timeout=30,
                trust_env=False,
            )
            content, status = answer.content, answer.status_code
            if self.path == path:
                content = page or json.dumps(answer.json() | changes).encode()
                status = code or status
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class TestIt:
    @pytest.mark.parametrize("day", ["2026-01-15", "2025-10-25", "2026-08-01", "YESTERDAY"])
    def test_passes(self, served: Served, capsys: pytest.CaptureFixture[str], day: str) -> None:
        """Also where the date is one of the bootstrap, or nobody plays."""
        code, found = smoke(capsys, served.url, "--date", day)
        assert {name: one["verdict"] for name, one in found.items()} == {
            "ready": "passed",
            "version": "passed",
            "date": "passed",
        }
        assert code == 0
        assert COMMIT in found["version"]["says"]

    def test_writes_nothing(self, served: Served, capsys: pytest.CaptureFixture[str]) -> None:
        assert smoke(capsys, served.url, "--date", "2026-01-15")[0] == 0
        assert httpx.get(f"{served.url}/runs", trust_env=False).json()["runs"] == []

    def test_table(self, served: Served, capsys: pytest.CaptureFixture[str]) -> None:
        arguments = ["smoke", "--url", served.url, "--commit", COMMIT, "--date", "2026-01-15"]
        assert execute(arguments) == 0
        lines = [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
        assert lines[2:] == [
            ["ready", "passed", "after"],
            ["version", "passed", f"{COMMIT},"],
            ["date", "passed", "2026-01-15:"],
        ]


class TestNotIt:
    def test_other_commit(self, served: Served, capsys: pytest.CaptureFixture[str]) -> None:
        code, found = smoke(capsys, served.url, "--commit", OTHER)
        assert (code, found["version"]["verdict"]) == (1, "failed")
        assert found["version"]["says"] == f"commit {COMMIT} answers, {OTHER} was deployed"

    @pytest.mark.parametrize(
        ("path", "changes", "check"),
        [
            ("/readyz", {"ready": False, "reason": "the schema differs", "code": 503}, "ready"),
            ("/readyz", {"ready": False}, "ready"),
            ("/version", {"commit": None}, "version"),
            ("/version", {"built_at": None}, "version"),
            ("/version", {"code": 404}, "version"),
            ("/version", {"logic_versions": {}}, "date"),
            ("/process-date", {"plan": None}, "date"),
            ("/process-date", {"plan": {"counts": {}, "items": []}}, "date"),
            ("/process-date", {"run_id": "R1"}, "date"),
            ("/process-date", {"code": 500}, "date"),
        ],
    )
    def test_fault(
        self,
        served: Served,
        capsys: pytest.CaptureFixture[str],
        path: str,
        changes: dict[str, Any],
        check: str,
    ) -> None:
        with bent(served, path, **changes) as url:
            code, found = smoke(capsys, url, "--date", "2026-01-15")
        assert code == 1
        assert [name for name, one in found.items() if one["verdict"] == "failed"] == [check]

    def test_who_stands_before_it_answers(
        self, served: Served, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """As Google's own page does where a path never reaches the service."""
        page = b"<html><title>Error 404 (Not Found)!!1</title></html>"
        with bent(served, "/readyz", code=404, page=page) as url:
            code, found = smoke(capsys, url, "--date", "2026-01-15")
        assert (code, found["ready"]["verdict"]) == (1, "failed")
        assert found["ready"]["says"].startswith(
            "not within 0 s: /readyz never reached the service: 404 with"
        )
        assert "Google keeps this path for itself" in found["ready"]["do"]
        assert found["version"]["verdict"] == "passed"

    def test_nothing_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, found = smoke(capsys, "http://127.0.0.1:9")
        assert code == 1
        assert [one["verdict"] for one in found.values()] == ["failed", "failed", "skipped"]

    def test_empty_commit(self, served: Served, capsys: pytest.CaptureFixture[str]) -> None:
        """As a build has it that no trigger began: it must not pass for any."""
        code, said = smoke(capsys, served.url, "--commit", "")
        assert (code, said["error"]) == (64, "usage")


class TestWaiting:
    def test_until_ready(self, served: Served, capsys: pytest.CaptureFixture[str]) -> None:
        """The service is there only after a while."""
        served.end()
        starting = threading.Timer(0.3, served.start)
        starting.start()
        try:
            # Where it will be isn't known before; a door that is there already leads to it.
            with bent(served, "/none") as url:
                code, found = smoke(capsys, url, "--wait", "30")
        finally:
            starting.join()
        assert (code, found["ready"]["verdict"]) == (0, "passed")
        assert not found["ready"]["says"].startswith("after 0.0")


class TestIdentity:
    def test_audience(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The revision is asked, and the token names the service."""
        with serve_google(tmp_path) as google:
            monkeypatch.setenv("GCE_METADATA_HOST", google.host)
            proof = identity_for(
                "https://tag---tipoff-abc.run.app", How.parse("metadata"), audience=SERVICE
            )
            assert claims_of(proof.headers())["aud"] == SERVICE

    def test_in_clear(self) -> None:
        with pytest.raises(UsageError, match="in clear"):
            identity_for("http://tag.example", How.parse("metadata"), audience=SERVICE)
