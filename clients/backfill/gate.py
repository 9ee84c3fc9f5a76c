"""The pace kept: every request takes its turn here."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from clients.backfill.pace import Pace


@dataclass
class Gate:
    """One event loop's."""

    pace: Pace
    clock: Callable[[], float] = time.monotonic
    _changed: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        while wait := self.pace.wait(self.clock()):
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), None if wait == math.inf else wait)
        self.pace.start(self.clock())
        try:
            yield
        finally:
            self.pace.end()
            self._changed.set()
