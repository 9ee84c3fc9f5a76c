"""The push subscription beside the service's settings; the broker is Google's own emulator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from clients.doctor import pubsub
from clients.doctor.finding import Finding, Verdict
from clients.doctor.pubsub import path_of, read_subscription
from clients.doctor.subscription import pushed
from processors.errors import UsageError
from service.settings import Settings
from tests.service.emulator import running_emulator

SERVICE = "https://tipoff.example"
ACCOUNT = "pusher@tipoff-test.iam.gserviceaccount.com"
PATH = "projects/tipoff-test/subscriptions/tipoff-landed"
SETTINGS = Settings(auth="platform", audience=SERVICE, allowed_emails=(ACCOUNT,))
NAMES = ("subscription", "push endpoint", "push audience", "ack deadline", "dead letter policy")
WELL: Mapping[str, Any] = {
    "name": PATH,
    "topic": "projects/tipoff-test/topics/landed",
    "pushConfig": {
        "pushEndpoint": f"{SERVICE}/pubsub/push",
        "oidcToken": {"serviceAccountEmail": ACCOUNT, "audience": SERVICE},
    },
    "ackDeadlineSeconds": 540,
    "deadLetterPolicy": {
        "deadLetterTopic": "projects/tipoff-test/topics/dead",
        "maxDeliveryAttempts": 100,
    },
}


def of_push(**changes: object) -> dict[str, object]:
    return {**WELL, "pushConfig": {**WELL["pushConfig"], **changes}}


def findings(
    found: Mapping[str, Any], settings: Settings = SETTINGS, url: str | None = None
) -> dict[str, Finding]:
    return {one.name: one for one in pushed(PATH, found, settings, url)}


@pytest.mark.parametrize("url", [None, SERVICE, f"{SERVICE}/"])
@pytest.mark.parametrize("endpoint", ["/pubsub/push", "/process", "/", ""])
def test_well(url: str | None, endpoint: str) -> None:
    seen = findings(of_push(pushEndpoint=f"{SERVICE}{endpoint}"), url=url)
    assert tuple(seen) == NAMES
    assert {one.verdict for one in seen.values()} == {Verdict.PASSED}


@pytest.mark.parametrize(
    ("found", "name", "verdict", "said"),
    [
        ({**WELL, "state": "RESOURCE_ERROR"}, "subscription", "failed", "RESOURCE_ERROR"),
        ({**WELL, "detached": True}, "subscription", "failed", "detached"),
        ({**WELL, "pushConfig": {}}, "push endpoint", "failed", "pulled"),
        (
            of_push(pushEndpoint="https://other.example/pubsub/push"),
            *("push endpoint", "failed", f"the service is at {SERVICE}"),
        ),
        (of_push(pushEndpoint=f"{SERVICE}/push"), "push endpoint", "failed", f"{SERVICE}/push"),
        (of_push(oidcToken={}), "push audience", "failed", "no token is sent"),
        (
            of_push(oidcToken={"serviceAccountEmail": ACCOUNT, "audience": f"{SERVICE}/"}),
            *("push audience", "failed", f"tokens name {SERVICE}/, TIPOFF_AUDIENCE is {SERVICE}"),
        ),
        (
            of_push(oidcToken={"serviceAccountEmail": ACCOUNT}),
            *("push audience", "failed", f"tokens name {SERVICE}/pubsub/push"),
        ),
        (
            of_push(oidcToken={"serviceAccountEmail": "else@x.y", "audience": SERVICE}),
            *("push audience", "failed", "else@x.y"),
        ),
        ({**WELL, "ackDeadlineSeconds": 480}, "ack deadline", "failed", "480 s"),
        ({**WELL, "ackDeadlineSeconds": 10}, "ack deadline", "failed", "10 s"),
        ({**WELL, "deadLetterPolicy": {}}, "dead letter policy", "undetermined", "none"),
    ],
)
def test_amiss(found: Mapping[str, Any], name: str, verdict: str, said: str) -> None:
    """Each says what it is, and what mends it."""
    seen = findings(found)
    assert (seen[name].verdict, said in seen[name].says) == (verdict, True), seen[name].says
    assert seen[name].do
    others = {one.verdict for one in seen.values() if one.name != name}
    assert others == {Verdict.PASSED} or found.get("pushConfig") == {}


def test_settings_that_say_nothing() -> None:
    """Where the service's are not those of this machine, nothing is claimed."""
    seen = findings(WELL, Settings())
    assert seen["push endpoint"].verdict is Verdict.UNDETERMINED
    assert "--url" in seen["push endpoint"].do
    assert seen["push audience"].verdict is Verdict.UNDETERMINED
    without = findings(of_push(oidcToken={}), Settings(), url=SERVICE)
    assert without["push endpoint"].verdict is Verdict.PASSED
    assert "TIPOFF_AUTH=none wants none" in without["push audience"].says


def test_paths() -> None:
    assert path_of(PATH, None) == path_of("tipoff-landed", "tipoff-test") == PATH
    for name, project in (("tipoff-landed", None), ("a/b", "p"), ("projects/p/topics/t", "p")):
        with pytest.raises(UsageError, match="names no subscription"):
            path_of(name, project)


def test_the_broker_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_emulator(tmp_path) as emulator:
        monkeypatch.setenv(pubsub.EMULATOR, emulator.address)
        topic, dead = emulator.topic("landed"), emulator.topic("dead")
        emulator.subscriber.create_subscription(
            request={
                "name": PATH,
                "topic": topic,
                "push_config": {
                    "push_endpoint": f"{SERVICE}/pubsub/push",
                    "oidc_token": {"service_account_email": ACCOUNT, "audience": SERVICE},
                },
                "ack_deadline_seconds": 540,
                "dead_letter_policy": {"dead_letter_topic": dead, "max_delivery_attempts": 100},
            }
        )
        emulator.subscription("pulled-one", topic)
        found = read_subscription(PATH)
        pulled = read_subscription(path_of("pulled-one", emulator.project))
        missing = read_subscription(path_of("no-such-one", emulator.project))
    assert isinstance(found, dict)
    assert {one.verdict for one in findings(found).values()} == {Verdict.PASSED}
    assert isinstance(pulled, dict)
    seen = findings(pulled)
    assert seen["push endpoint"].verdict is seen["push audience"].verdict is Verdict.FAILED
    assert seen["ack deadline"].says.startswith("60 s")
    assert isinstance(missing, Finding)
    assert (missing.verdict, "no-such-one" in missing.says) == (Verdict.FAILED, True)


@contextmanager
def answering(code: int, body: str) -> Iterator[str]:
    """Something that answers everything so; where it is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


DENIED = '{"error": {"code": 403, "message": "Not for you, %s", "status": "X"}}' % ("s" * 40)


@pytest.mark.parametrize(
    ("code", "body", "verdict", "said"),
    [
        (403, DENIED, "failed", "Not for you, ***"),
        (503, "", "undetermined", "Pub/Sub answers 503"),
        (429, "", "undetermined", "Pub/Sub answers 429"),
        (200, "<html>", "failed", "what answers is not Pub/Sub"),
        (200, "{}", "failed", "what answers is not Pub/Sub"),
    ],
)
def test_answers(
    monkeypatch: pytest.MonkeyPatch, code: int, body: str, verdict: str, said: str
) -> None:
    with answering(code, body) as host:
        monkeypatch.setenv(pubsub.EMULATOR, host)
        found = read_subscription(PATH)
    assert isinstance(found, Finding)
    assert (found.verdict, said in found.says) == (verdict, True), found
    assert found.do


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pubsub.EMULATOR, "127.0.0.1:1")
    found = read_subscription(PATH)
    assert isinstance(found, Finding)
    assert (found.verdict, found.says) == (
        Verdict.UNDETERMINED,
        "Pub/Sub can't be asked (ConnectionError)",
    )


def test_without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(pubsub.EMULATOR, raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    found = read_subscription(PATH)
    assert isinstance(found, Finding)
    assert "DefaultCredentialsError" in found.says
