"""Sending: one client for the process, made when there is something to send."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from pipeline.clock import is_historical
from pipeline.outcome import Outcome
from pipeline.run import Report
from processors.registry import Registry
from service.publishing.alert import Alert
from service.publishing.completion import Completion, completion_of

if TYPE_CHECKING:
    from google.cloud.pubsub_v1 import PublisherClient

SECONDS = 5.0
"""For all messages of a report: the data stands already, and somebody waits for the answer, maybe
to shut the service down."""

log = logging.getLogger(__name__)

Sent = Mapping[tuple[str, date], str | None]
"""What became of the message of each table's date: None where the topic has it, else why not."""


def never(_: Outcome) -> bool:
    return False


class Publisher:
    """Of one topic; without one nothing is sent. Any thread may use it."""

    def __init__(self, topic: str | None, registry: Registry) -> None:
        self.failures = 0
        """Messages that could not be sent, alerts too."""
        self._topic = topic
        self._registry = registry
        self._client: PublisherClient | None = None
        self._lock = Lock()

    def announce(self, report: Report, *, is_told: Callable[[Outcome], bool] = never) -> Sent:
        """Send what is new of each live date, of what was asked and of what was done for it, and
        wait until the topic has it."""
        live = [
            one
            for one in (*report.results, *report.prepared)
            if not is_historical(one.day) and not is_told(one)
        ]
        if self._topic is None or not live:
            return {}
        sent = dict(
            zip(
                [(one.table, one.day) for one in live],
                self._send(self._topic, [self._completion(one, report) for one in live]),
                strict=True,
            )
        )
        lost = [error for error in sent.values() if error is not None]
        if lost:
            with self._lock:
                self.failures += len(lost)
            log.error(
                "run %s: %d of %d completion messages weren't sent to %s: %s",
                *(report.run_id, len(lost), len(sent), self._topic, lost[0]),
            )
        return sent

    def alert(self, topic: str, alert: Alert) -> str | None:
        """One message to another topic; why it couldn't be sent, None where it was."""
        (error,) = self._send(topic, [alert])
        if error is not None:
            with self._lock:
                self.failures += 1
            log.error("the alert of run %s wasn't sent to %s: %s", alert.run_id, topic, error)
        return error

    def close(self) -> None:
        if self._client is not None:
            self._client.stop()
            self._client.transport.close()

    def _completion(self, outcome: Outcome, report: Report) -> Completion:
        return completion_of(outcome, report, self._registry)

    def _send(self, topic: str, messages: Sequence[Completion | Alert]) -> list[str | None]:
        """All at once, then one wait for all."""
        from google.api_core.exceptions import GoogleAPIError
        from google.api_core.retry import Retry
        from google.auth.exceptions import GoogleAuthError

        deadline = time.monotonic() + SECONDS
        try:
            client = self._opened()
            futures = [
                client.publish(
                    topic, one.data, retry=Retry(timeout=SECONDS), timeout=SECONDS, **one.attributes
                )
                for one in messages
            ]
        except GoogleAuthError as error:
            return [_said(error)] * len(messages)

        def became(future: Future[str]) -> str | None:
            try:
                future.result(timeout=max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                return f"no answer within {SECONDS:g} s"
            except (GoogleAPIError, GoogleAuthError) as error:
                return _said(error)
            return None

        return [became(future) for future in futures]

    def _opened(self) -> PublisherClient:
        from google.cloud.pubsub_v1 import PublisherClient

        with self._lock:
            if self._client is None:
                self._client = PublisherClient()
            return self._client


def nothing(_: Report) -> Sent:
    """Of a backfill nobody is told."""
    return {}


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
