"""Ids of jobs: the same work has the same id, so that BigQuery knows it when it comes again."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date

from processors.registry import Processor
from warehouse.interface import Errand, Span

LENGTH = 20


def digest(*parts: object) -> str:
    """Of anything that has a text; no two lists of parts have the same."""
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def of_staging(processor: Processor, span: Span, text: str, errand: Errand | None) -> str:
    """From what is computed, from what and for which dates: also the name of what is staged.

    The text is in it because the machinery around a statement changes without its logic_version.
    """
    if errand is None:
        return fresh()
    return digest(
        processor.table,
        span.start,
        span.end,
        span.history_start,
        processor.logic_version,
        errand.inputs,
        errand.nonce,
        text,
    )


def fresh() -> str:
    return uuid.uuid4().hex[:LENGTH]


def job_id(what: str, processor: str, first: date, last: date, identity: str) -> str:
    """Read by people in BigQuery's console: `tipoff-stage-player_form-20241118-20241130-…`."""
    return f"tipoff-{what}-{processor}-{first:%Y%m%d}-{last:%Y%m%d}-{identity}"
