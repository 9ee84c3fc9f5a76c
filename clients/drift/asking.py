"""Questions to gcloud: each asked once, and an answer that can't be had is kept as such."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from clients.deploying.gcloud import found_gcloud
from clients.deploying.looking import AT_ONCE, Asked
from processors.errors import GcloudFailed, UsageError

Words = tuple[str, ...]
DESCRIBE = ("gcloud", "run", "revisions", "describe")


class NoGcloud:
    """In the place of a gcloud that isn't there: nothing can be looked at."""

    def __init__(self, why: str) -> None:
        self._why = why

    def ask(self, words: Sequence[str]) -> Any:  # noqa: ANN401  whatever JSON can be
        del words
        raise GcloudFailed(self._why)


def some_gcloud() -> Asked:
    """The one on the path; where there is none, everything will be undetermined."""
    try:
        return found_gcloud()
    except UsageError as error:
        return NoGcloud(error.message)


@dataclass
class Asking:
    """Remembers answers and refusals alike; from any thread."""

    gcloud: Asked
    _known: dict[Words, Any] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, words: Sequence[str]) -> Any:  # noqa: ANN401  whatever JSON can be
        """None is what isn't there; raises GcloudFailed, as often as it is asked."""
        key = tuple(words)
        with self._lock:
            known = key in self._known
        if not known:
            answer = self._asked(key)
            with self._lock:
                self._known[key] = answer
        found = self._known[key]
        if isinstance(found, GcloudFailed):
            if key[: len(DESCRIBE)] == DESCRIBE:
                return None  # one that is hidden is told of by the list of all
            raise found
        return found

    def all(self, questions: Iterable[Words]) -> None:
        """A few at a time, so that they are known when they are needed."""

        def put(words: Words) -> None:
            try:
                self.ask(words)
            except GcloudFailed:
                return  # kept, and raised to whoever asks for it

        with ThreadPoolExecutor(AT_ONCE) as several:
            list(several.map(put, dict.fromkeys(questions)))

    def _asked(self, words: Words) -> Any:  # noqa: ANN401
        try:
            return self.gcloud.ask(words)
        except GcloudFailed as error:
            return error


def services_words(project: str, region: str) -> Words:
    """As `deploy/apply` asks it, so that one answer serves both."""
    return ("gcloud", "run", "services", "list", *_of(project, region))


def revisions_words(project: str, region: str) -> Words:
    return ("gcloud", "run", "revisions", "list", *_of(project, region))


def policy_words(name: str, project: str, region: str) -> Words:
    return ("gcloud", "run", "services", "get-iam-policy", name, *_of(project, region))


def _of(project: str, region: str) -> Words:
    return (f"--project={project}", f"--region={region}", "--format=json")
