"""The machine's gcloud, each of whose answers is kept until what it is about is changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from clients.deploying.gcloud import Gcloud
from processors.errors import GcloudFailed


class Recorded:
    """A call takes a second or more, and most of what is deployed stays as it is from test to
    test."""

    def __init__(self, gcloud: Gcloud) -> None:
        self._gcloud = gcloud
        self.kept: dict[tuple[str, ...], Any] = {}

    def ask(self, words: Sequence[str]) -> Any:
        key = tuple(words)
        if key not in self.kept:
            try:
                self.kept[key] = json.dumps(self._gcloud.ask(words))
            except GcloudFailed as error:
                self.kept[key] = error
        found = self.kept[key]
        if isinstance(found, GcloudFailed):
            raise found
        return json.loads(found)

    def forget(self, *groups: str) -> None:
        """`run services`, `scheduler jobs`: what is asked of them is asked anew."""
        for key in list(self.kept):
            if any(group in " ".join(key) for group in groups):
                del self.kept[key]
