"""Places for work: so many requests may work or wait; the next is told to come back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from processors.errors import TooBusy

RETRY_SECONDS = 5


class Places:
    """Counts who is in it; the pipeline itself lets one work at a time."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._count = 0
        self._lock = Lock()

    @property
    def depth(self) -> int:
        return self._count

    @contextmanager
    def place(self) -> Iterator[None]:
        with self._lock:
            if self._count >= self.most:
                raise TooBusy(
                    f"{self._count} requests work or wait already, and {self.most} may; come back"
                    f" in {RETRY_SECONDS} s",
                    retry_after=RETRY_SECONDS,
                )
            self._count += 1
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1
