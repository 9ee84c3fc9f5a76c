"""A Google Cloud for one project, as far as `deploy/` needs it; the real gcloud is pointed here.

It is an HTTP proxy: gcloud asks `http://run.test/…` through it, with the region before the host's
name as Cloud Run has it. So whatever gcloud would ask of the world outside comes here, too, and is
refused. Pub/Sub is handed on to the emulator, but for policies, which the emulator hasn't got."""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, unquote, urlsplit

from tests.deploy.answers import Refused, not_found
from tests.deploy.beside import Beside
from tests.deploy.keeping import Keeping
from tests.deploy.policies import Policies
from tests.deploy.running import Run

Json = dict[str, Any]
LOOKS = ("GET", "HEAD")
POLICY = re.compile(r"/v\d\w*/(.+):(get|set)IamPolicy")


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    body: Json

    @property
    def changes(self) -> bool:
        return self.method not in LOOKS and not self.path.endswith(":getIamPolicy")


@dataclass
class Cloud:
    """All that is kept, and all that was asked."""

    project: str = "tipoff-test"
    number: str = "123456789012"
    region: str = "us-east1"
    emulator: str | None = None
    discovery: Path | None = None
    """BigQuery's description of itself, as the Cloud SDK carries it."""
    calls: list[Call] = field(default_factory=list)
    run: Run = field(init=False)
    keeping: Keeping = field(init=False)
    policies: Policies = field(default_factory=Policies)
    forbidden: set[str] = field(default_factory=set)
    """Hosts that refuse everything."""
    secrets: set[str] = field(default_factory=set)
    """Paths of those that are there; what they hold nobody asks."""
    beside: Beside = field(default_factory=Beside)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """An empty project again, but for Pub/Sub's own."""
        self.run = Run(self.project, self.region, self.number)
        self.keeping = Keeping(self.project, self.region)
        self.policies = Policies()
        self.secrets = set()
        self.beside = Beside()
        self.calls = []

    @property
    def changes(self) -> list[Call]:
        return [call for call in self.calls if call.changes]

    def answer(self, call: Call) -> Json:
        with self._lock:
            self.calls.append(call)
            if call.host in self.forbidden:
                raise Refused(403, "PERMISSION_DENIED", f"{call.host} may not be asked")
            if found := POLICY.fullmatch(call.path):
                return self._policy(call, found)
            if call.host == "pubsub.test":
                return self._handed_on(call)
            for method, pattern, act in self._routes():
                matched = re.fullmatch(pattern, f"{call.host}{call.path}")
                if method == call.method and matched:
                    return act(call, *matched.groups())
        raise Refused(400, "UNIMPLEMENTED", f"{call.method} {call.host}{call.path}")

    def _policy(self, call: Call, found: re.Match[str]) -> Json:
        path = found.group(1).replace("projects/-/", f"projects/{self.project}/")
        if "/secrets/" in path and path not in self.secrets:
            raise not_found(f"Secret [{path}] not found.")
        if found.group(2) == "get":
            return self.policies.get(path)
        return self.policies.set(path, call.body["policy"])

    def _handed_on(self, call: Call) -> Json:
        if self.beside.taken(call.method, call.path, call.body):
            return dict(call.body["subscription"])
        said = self._from_emulator(call)
        for one in said.get("subscriptions", []):
            one |= self.beside.of(one["name"])
        return said

    def _from_emulator(self, call: Call) -> Json:
        url = f"http://{self.emulator}{call.path}?" + "&".join(
            f"{name}={value}" for name, value in call.query.items() if name != "alt"
        )
        data = json.dumps(call.body).encode() if call.body else None
        request = urllib.request.Request(url, data, method=call.method)
        request.add_header("Content-Type", "application/json")
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=30) as answer:
                return dict(json.loads(answer.read() or b"{}"))
        except HTTPError as error:
            said = json.loads(error.read())["error"]
            raise Refused(error.code, said.get("status", ""), said["message"]) from error

    def _routes(self) -> Iterator[tuple[str, str, Callable[..., Json]]]:
        run, kept = self.run, self.keeping
        services = r"[\w-]+-run\.test/apis/serving\.knative\.dev/v1/namespaces/[\w-]+/services"
        revisions = services.replace("services", "revisions")
        jobs = r"[\w-]+-run\.test/apis/run\.googleapis\.com/v1/namespaces/[\w-]+/jobs"
        yield "GET", services, lambda call: _items("ServiceList", run.services)
        yield "POST", services, lambda call: run.create_service(call.body)
        yield "GET", f"{services}/([^/]+)", lambda call, name: run.service(name)
        yield "PUT", f"{services}/([^/]+)", lambda call, name: run.replace_service(name, call.body)
        yield "GET", revisions, lambda call: _items("RevisionList", run.revisions)
        yield "GET", f"{revisions}/([^/]+)", lambda call, name: run.revision(name)
        yield "GET", jobs, lambda call: _items("JobList", run.jobs)
        yield "POST", jobs, lambda call: run.create_job(call.body)
        yield "GET", f"{jobs}/([^/]+)", lambda call, name: run.job(name)
        yield "PUT", f"{jobs}/([^/]+)", lambda call, name: run.replace_job(name, call.body)
        accounts = r"iam\.test/v1/projects/[\w-]+/serviceAccounts"
        yield "GET", accounts, lambda call: {"accounts": [*kept.accounts.values()]}
        yield "POST", accounts, lambda call: kept.create_account(call.body)
        yield "GET", f"{accounts}/([^/:]+)", lambda call, email: kept.accounts[email]
        yield (
            "PATCH",
            f"{accounts}/([^/:]+)",
            lambda call, email: kept.patch_account(email, call.body),
        )
        enable = f"{accounts}/([^/:]+):enable"
        yield "POST", enable, lambda call, email: kept.enable_account(email)
        places = r"scheduler\.test/v1/projects/[\w-]+/locations/[\w-]+"
        firings = f"{places}/jobs"
        yield "GET", firings, lambda call: {"jobs": [*kept.schedules.values()]}
        yield "POST", firings, lambda call: kept.create_schedule(call.body)
        yield "GET", f"{firings}/([^/:]+)", lambda call, name: kept.schedules[name]
        yield (
            "PATCH",
            f"{firings}/([^/:]+)",
            lambda call, name: kept.patch_schedule(name, call.body, call.query["updateMask"]),
        )
        yield (
            "POST",
            f"{firings}/([^/:]+):resume",
            lambda call, name: kept.set_schedule_state(name, "ENABLED"),
        )
        images = r"artifacts\.test/v1/projects/[\w-]+/locations/[\w-]+/repositories"
        yield "GET", images, lambda call: {"repositories": [*kept.repositories.values()]}
        yield "GET", f"{images}/([^/:]+)", lambda call, name: kept.repository(name)
        yield (
            "POST",
            images,
            lambda call: kept.create_repository(call.query["repositoryId"], call.body),
        )
        enabled = r"serviceusage\.test/v1/projects/[\w-]+/services/[\w.]+"
        yield "GET", enabled, lambda call: {"state": "ENABLED"}
        datasets = r"[\d.:]*/bigquery/v2/projects/[\w-]+/datasets"
        yield "POST", datasets, lambda call: kept.create_dataset(call.body)
        yield "GET", f"{datasets}/(\\w+)", lambda call, name: kept.dataset(name)
        for method in ("PATCH", "PUT"):
            yield (
                method,
                f"{datasets}/(\\w+)",
                lambda call, name: kept.patch_dataset(name, call.body),
            )
        yield "GET", r"[\d.:]*/\$?discovery.*", lambda call: self._discovered()

    def _discovered(self) -> Json:
        assert self.discovery is not None
        return dict(json.loads(self.discovery.read_bytes()))


def _items(kind: str, held: dict[str, Json]) -> Json:
    return {"kind": kind, "metadata": {}, "items": [*held.values()]}


@contextmanager
def listening(cloud: Cloud) -> Iterator[str]:
    """Its address, HOST:PORT, for as long."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def act(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length)
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            body = json.loads(data) if data else {}
            call = Call(self.command, parts.hostname or "", unquote(parts.path), query, body)
            try:
                code, answer = 200, cloud.answer(call)
            except Refused as refused:
                code, answer = refused.code, refused.body
            except LookupError as error:
                # Answered, so that gcloud says it at once and doesn't come again.
                ours = Refused(400, "INTERNAL", f"a fault of the tests' own server: {error!r}")
                code, answer = ours.code, ours.body
            said = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Calls are kept, not printed."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "CONNECT"):
        setattr(Handler, f"do_{method}", Handler.act)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
