"""The server's clock: the machine's, which a test may put forward."""

from __future__ import annotations

import time


class Clock:
    """Milliseconds since 1970, never the same twice, so that what was written later shows it."""

    def __init__(self) -> None:
        self._ahead = 0
        self._last = 0

    def now(self) -> int:
        self._last = max(self._last + 1, int(time.time() * 1000) + self._ahead)
        return self._last

    def advance(self, seconds: float) -> None:
        self._ahead += int(seconds * 1000)
