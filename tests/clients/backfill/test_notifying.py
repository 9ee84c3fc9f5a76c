"""Somebody is told, in Slack's shape or a generic one; what went wrong with it keeps the secret."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from clients.backfill.notifying import Shape, notify, shape_of, where
from clients.backfill.results import Attempt, Ending
from clients.backfill.summary import Summary
from pipeline.outcome import Status
from processors.errors import UsageError
from tests.clients.backfill.worlds import CACHE, answered, done

ADDRESS = "T000/B000/s3cret?token=s3cret"


def summary() -> Summary:
    blocked = answered(Status.BLOCKED, Status.SUCCESS, reason="0 of 11 games")
    lost = Attempt(ending=Ending.TIMED_OUT, message="nothing came for 5 s")
    return Summary(
        url="http://svc", done=[done(blocked), done(lost)], asked=3, stopped="told", seconds=61
    )


class Hook(BaseHTTPRequestHandler):
    """Keeps what it is told."""

    told: list[dict[str, object]] = []  # noqa: RUF012
    code = 200

    def do_POST(self) -> None:
        self.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.code)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quietly."""


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.told, Hook.code = [], 200
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://user:s3cret@127.0.0.1:{server.server_port}/{ADDRESS}"
        server.shutdown()
        thread.join()


def test_both_shapes(hook: str) -> None:
    assert notify(hook, summary(), Shape.SLACK) is None
    assert notify(hook, summary(), None) is None
    slack, generic = Hook.told
    assert list(slack) == ["text"]
    assert slack["text"] == generic["text"]
    assert "2 of 3 dates in 61 s: 1 blocked, 1 failed; 1 not done: told" in str(slack["text"])
    assert f"1 × {CACHE} blocked, first 2026-01-05: 0 of 11 games" in str(slack["text"])
    assert generic["summary"]["status"] == "failed"


def test_by_the_host() -> None:
    assert shape_of("https://hooks.slack.com/services/x", None) is Shape.SLACK
    assert shape_of("https://hooks.slack.com.evil.example/x", None) is Shape.JSON
    assert shape_of("https://chat.example/hook", Shape.SLACK) is Shape.SLACK


def test_a_failure_is_said_without_the_secret(hook: str) -> None:
    Hook.code = 404
    refused = notify(hook, summary(), None)
    unreachable = notify(f"http://user:s3cret@127.0.0.1:9/{ADDRESS}", summary(), None)
    assert refused is not None
    assert unreachable is not None
    assert "nobody was told: http://127.0.0.1:" in refused
    assert "answered 404" in refused
    assert "ConnectError" in unreachable
    assert "s3cret" not in refused + unreachable


@pytest.mark.parametrize("url", ["hooks.slack.com/s3cret", "ftp://x/s3cret", "http://[s3cret", ""])
def test_no_address(url: str) -> None:
    with pytest.raises(UsageError, match="--notify-url is no address") as refused:
        where(url)
    assert "s3cret" not in refused.value.message
