"""Receiving: each message is worked on once, however often and however parallel it comes."""

from __future__ import annotations

from asyncio import Future, get_running_loop, shield
from dataclasses import dataclass, field, replace

from processors.errors import TipoffError, WarehouseTransient
from service.office import Office
from service.push.envelope import Key
from service.push.letters import Letters
from service.push.message import Message, Unreadable, read_push
from service.push.receipt import Receipt, Word
from service.push.remembering import Remembered
from service.push.working import Worker


@dataclass
class Inbox:
    """One of a service; its methods belong to one event loop."""

    office: Office
    letters: Letters = field(init=False)
    worker: Worker = field(init=False)
    _remembered: Remembered = field(init=False)
    _at_hand: dict[Key, Future[Receipt]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        warehouse = self.office.pipeline.warehouse
        self.letters = Letters(warehouse)
        self.worker = Worker(
            self.office.pipeline,
            self.office.settings.computes_analytics,
            self.office.publisher.announce,
        )
        self._remembered = Remembered(warehouse)

    async def receive(self, body: bytes) -> Receipt:
        """The receipt, or an error that asks for another delivery."""
        push = read_push(body)
        if push.key is None:
            return await self.office.work(self._taken, push)
        first = self._at_hand.get(push.key)
        if first is not None:
            return replace(await shield(first), word=Word.DUPLICATE)
        answer = self._at_hand[push.key] = get_running_loop().create_future()
        try:
            receipt = await self.office.work(self._taken, push)
            answer.set_result(receipt)
        except TipoffError as error:
            answer.set_exception(error)
            raise
        finally:
            del self._at_hand[push.key]
            if not answer.done():
                answer.set_exception(WarehouseTransient("the first delivery was given up"))
            answer.exception()  # seen, even where no other delivery waits for it
        return receipt

    def _taken(self, push: Message | Unreadable) -> Receipt:
        if push.key is not None and self._remembered.has(push.key):
            return Receipt(word=Word.DUPLICATE, reason="this message was worked on before")
        receipt = self.worker.work(push)
        if receipt.word is Word.DEAD_LETTER:
            self.letters.keep(push, receipt)
            self.office.metrics.dead_lettered()
        # Who is blocked may find more at another delivery.
        if push.key is not None and receipt.word is not Word.BLOCKED:
            self._remembered.add(push.key)
        return receipt
