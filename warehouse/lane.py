"""The lane: one run at a time on a warehouse, in the order of coming."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Lane:
    """A lock that is handed to whoever has waited longest: who gives it up between two chunks and
    asks again at once lets the others in first. It belongs to no thread."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def __enter__(self) -> None:
        turn = threading.Event()
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            self._waiting.append(turn)
        try:
            turn.wait()
        except BaseException:
            self._leave(turn)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._mutex:
            self._pass_on()

    def _leave(self, turn: threading.Event) -> None:
        """Interrupted while waiting: the turn may have come already."""
        with self._mutex:
            if turn.is_set():
                self._pass_on()
            else:
                self._waiting.remove(turn)

    def _pass_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().set()
        else:
            self._taken = False
