"""A journal of JSON lines: to be read by people later. Nothing here ever reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from processors.errors import UsageError


@dataclass
class Journal:
    """Appends to a file, or says nothing where there is none."""

    path: Path | None
    _file: TextIO | None = None

    def __enter__(self) -> Self:
        if self.path is not None:
            try:
                self._file = self.path.open("a", encoding="utf-8")
            except OSError as error:
                raise UsageError(f"{self.path} can't be written: {error.strerror}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def note(self, event: str, **said: object) -> None:
        """At once on the disk's side of our buffer: who looks meanwhile sees it."""
        if self._file is None:
            return
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **said}
        self._file.write(json.dumps(line, default=str, ensure_ascii=False) + "\n")
        self._file.flush()
