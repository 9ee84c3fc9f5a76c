"""Told to stop: nothing new is begun, and nobody waits for another try."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Stopping:
    """One event loop's."""

    why: str | None = None
    interrupted: bool = False
    _told: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def __bool__(self) -> bool:
        return self._told.is_set()

    def tell(self, why: str) -> None:
        self.why = self.why or why
        self._told.set()

    async def told(self) -> None:
        await self._told.wait()

    async def within(self, seconds: float) -> bool:
        """Waits so long; whether it was told meanwhile."""
        try:
            await asyncio.wait_for(self._told.wait(), seconds)
        except TimeoutError:
            return False
        return True

    @contextmanager
    def by_signals(self) -> Iterator[None]:
        """The first one tells; the next ends it where it stands, as it would without us."""
        loop = asyncio.get_running_loop()

        def heard() -> None:
            for one in SIGNALS:
                loop.remove_signal_handler(one)
            self.interrupted = True
            self.tell("interrupted")

        for one in SIGNALS:
            loop.add_signal_handler(one, heard)
        try:
            yield
        finally:
            for one in SIGNALS:
                loop.remove_signal_handler(one)
