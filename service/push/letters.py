"""Dead letters: kept whole before a message is acknowledged, and replayed by hand."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.clock import wall_clock
from pipeline.ledger import new_run_id
from pipeline.since import BEGINNING, since_begun
from processors.errors import TipoffError, UsageError, WarehouseTransient
from service.models.letters import LettersAsked, LetterSeen, LettersSeen, Replayed
from service.push.message import Message, Unreadable, read_push
from service.push.receipt import Receipt, Word
from service.push.working import Worker
from warehouse.interface import Warehouse

LETTERS = "nba_ops.dead_letters"

NEWEST = """
WITH told AS (
  SELECT letter_id, event, kind, reason, recorded_at
  FROM `nba_ops.dead_letters`
  WHERE recorded_at >= @since
  QUALIFY ROW_NUMBER() OVER (PARTITION BY letter_id ORDER BY recorded_at DESC) = 1
)
SELECT kept.letter_id, kept.recorded_at, kept.subscription, kept.message_id, kept.source_table,
  kept.analysis_date, COALESCE(told.kind, kept.kind) AS kind, told.reason,
  IF(told.event = 'replayed', told.recorded_at, NULL) AS replayed_at,
  IF(@whole, kept.body, NULL) AS body
FROM `nba_ops.dead_letters` AS kept
JOIN told ON told.letter_id = kept.letter_id
WHERE kept.recorded_at >= @since AND kept.event = 'kept'
  AND kept.letter_id LIKE @letter_id
  AND (@settled OR told.event != 'replayed')
ORDER BY kept.letter_id DESC
LIMIT @most
"""
COLUMNS = (
    "letter_id",
    "recorded_at",
    "subscription",
    "message_id",
    "source_table",
    "analysis_date",
    "kind",
    "reason",
    "replayed_at",
    "body",
)
ANY = "%"


@dataclass(frozen=True)
class Letters:
    """All of a warehouse."""

    warehouse: Warehouse

    def keep(self, push: Message | Unreadable, receipt: Receipt) -> None:
        """Raises where it can't: then nothing may be acknowledged."""
        subscription, message_id = push.key or (None, None)
        landed = push.landed if isinstance(push, Message) else None
        self._append(
            {
                "letter_id": new_run_id(),
                "event": "kept",
                "subscription": subscription,
                "message_id": message_id,
                "source_table": _plain(landed.source_table) if landed else None,
                "analysis_date": landed.day if landed else None,
                "kind": receipt.kind,
                "reason": _plain(receipt.reason),
                "body": _plain(push.body.decode(errors="backslashreplace")),
            }
        )

    def newest(self, asked: LettersAsked) -> LettersSeen:
        """Those that wait for somebody, and if asked for those that were replayed."""
        found = self._found(
            since=BEGINNING, letter_id=ANY, most=asked.limit, settled=asked.settled, whole=False
        )
        return LettersSeen(letters=found)

    def letter(self, letter_id: str) -> LetterSeen:
        since = since_begun(letter_id)
        found = self._found(since=since, letter_id=letter_id, most=1, settled=True, whole=True)
        if not found or found[0].letter_id != letter_id:
            raise UsageError(f"there is no dead letter {letter_id!r}: `tipoff dead-letters list`")
        return found[0]

    def replay(self, letter_id: str, worker: Worker) -> Replayed:
        """Through the same work again, whatever came of it before; what may pass is raised and
        changes nothing."""
        letter = self.letter(letter_id)
        receipt = worker.work(read_push((letter.body or "").encode()))
        self._append(
            {
                "letter_id": letter_id,
                "event": "kept_again" if receipt.word is Word.DEAD_LETTER else "replayed",
                "subscription": letter.subscription,
                "message_id": letter.message_id,
                "source_table": letter.source_table,
                "analysis_date": letter.analysis_date,
                "kind": receipt.kind,
                "reason": _plain(f"{receipt.word}: {receipt.reason}"),
                "body": None,
            }
        )
        return Replayed(letter_id=letter_id, outcome=receipt.word, reason=receipt.reason)

    def _found(self, **asked: object) -> list[LetterSeen]:
        rows = self.warehouse.rows(NEWEST, **asked)
        return [LetterSeen(**dict(zip(COLUMNS, row, strict=True))) for row in rows]

    def _append(self, row: dict[str, object]) -> None:
        try:
            self.warehouse.append({LETTERS: [row | {"recorded_at": wall_clock()}]})
        except TipoffError as error:
            raise WarehouseTransient(
                f"the dead letter can't be kept, so the message isn't acknowledged: {error.message}"
            ) from error


def _plain(text: str) -> str:
    """Without the one character that no engine stores."""
    return text.replace("\0", "\\x00")
