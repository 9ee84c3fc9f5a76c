"""The Pub/Sub emulator of the Google Cloud SDK, and the real client's way to it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.requiring import missing

if TYPE_CHECKING:
    from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient

PROJECT = "tipoff-test"
START_SECONDS = 60
LISTENING = "Server started, listening on"


@dataclass(frozen=True)
class Emulator:
    """A broker that has just begun: no topic, no subscription."""

    address: str
    project: str = PROJECT
    _clients: list[PublisherClient | SubscriberClient] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """For a process that is to use this broker."""
        return {"PUBSUB_EMULATOR_HOST": self.address, "PUBSUB_PROJECT_ID": self.project}

    @cached_property
    def publisher(self) -> PublisherClient:
        from google.cloud.pubsub_v1 import PublisherClient

        return self._client(PublisherClient)

    @cached_property
    def subscriber(self) -> SubscriberClient:
        from google.cloud.pubsub_v1 import SubscriberClient

        return self._client(SubscriberClient)

    def topic(self, name: str) -> str:
        """A new topic's path."""
        path = f"projects/{self.project}/topics/{name}"
        self.publisher.create_topic(name=path)
        return path

    def subscription(
        self, name: str, topic: str, *, push_to: str | None = None, ack_seconds: int = 60
    ) -> str:
        """A new subscription's path: pushed to a URL, or else to be pulled. What isn't acknowledged
        comes again after a second; with a retry policy the emulator forgets some messages."""
        path = f"projects/{self.project}/subscriptions/{name}"
        request: dict[str, object] = {
            "name": path,
            "topic": topic,
            "ack_deadline_seconds": ack_seconds,
        }
        if push_to:
            request["push_config"] = {"push_endpoint": push_to}
        self.subscriber.create_subscription(request=request)
        return path

    def publish(self, topic: str, data: bytes, **attributes: str) -> str:
        """One message; its id once the broker has it."""
        return self.publisher.publish(topic, data, **attributes).result(timeout=30)

    def pulled(self, subscription: str, *, wanted: int, seconds: float = 30) -> list[object]:
        """So many messages of a pull subscription, acknowledged; fewer where they don't come."""
        from google.api_core.exceptions import DeadlineExceeded

        found: list[object] = []
        deadline = time.monotonic() + seconds
        while len(found) < wanted and (left := deadline - time.monotonic()) > 0:
            try:
                answer = self.subscriber.pull(
                    subscription=subscription, max_messages=100, timeout=left, retry=None
                )
            except DeadlineExceeded:
                break
            ids = [one.ack_id for one in answer.received_messages]
            if ids:
                self.subscriber.acknowledge(subscription=subscription, ack_ids=ids)
            found += [one.message for one in answer.received_messages]
        return found

    def close(self) -> None:
        for client in self._clients:
            client.transport.close()

    def _client(self, kind: type) -> PublisherClient | SubscriberClient:
        # The client reads the variable once, when it is made.
        with patch.dict(os.environ, self.environment):
            client = kind()
        self._clients.append(client)
        return client


@contextmanager
def running_emulator(folder: Path) -> Iterator[Emulator]:
    """An emulator on a free port, for as long; `folder` keeps its log and data. Skips where the
    machine has none."""
    program, port, log = _program(), free_port(), folder / "emulator.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "--host=127.0.0.1", f"--port={port}", f"--data-dir={folder}"],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | {"JAVA_OPTS": "-Xmx256m -XX:TieredStopAtLevel=1"},
        )
    emulator = Emulator(f"127.0.0.1:{port}")
    try:
        _wait(process, log)
        yield emulator
    finally:
        emulator.close()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """Nobody listens there now; the emulator can't choose one itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if LISTENING in log.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"the emulator didn't start: {log.read_text()[-2000:]}")


@lru_cache
def _program() -> str:
    """Beside gcloud, wherever that is; gcloud takes more than a second to say so."""
    gcloud, reason = shutil.which("gcloud"), "gcloud isn't installed"
    if gcloud and shutil.which("java"):
        found = subprocess.run(
            [gcloud, "info", "--format=value(installation.sdk_root)"],
            capture_output=True,
            text=True,
            check=True,
        )
        folder = Path(found.stdout.strip()) / "platform" / "pubsub-emulator" / "bin"
        program = folder / "cloud-pubsub-emulator"
        if program.is_file():
            return str(program)
        reason = "gcloud has no pubsub-emulator (the package google-cloud-cli-pubsub-emulator)"
    elif gcloud:
        reason = "the Pub/Sub emulator needs java"
    return missing("emulator", "Pub/Sub emulator", reason)
