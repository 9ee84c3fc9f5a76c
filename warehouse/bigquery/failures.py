"""What BigQuery refuses with, read once: whether a retry helps, and which of our errors it is.

rateLimitExceeded, backendError, internalError, 429, 50x, a broken line   retried, then transient
a transaction that met another's change                                   retried, then transient
quotaExceeded                                                             QuotaExceeded, at once
bytesBilledLimitExceeded                                                  TooCostly
accessDenied                                                              WarehouseDenied
stopped, timeout                                                          WarehouseTransient
anything else                                                             WarehouseFailed
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from processors.errors import (
    QuotaExceeded,
    TooCostly,
    WarehouseDenied,
    WarehouseFailed,
    WarehouseTransient,
)

RETRIED_REASONS = frozenset(
    {
        "rateLimitExceeded",
        "jobRateLimitExceeded",
        "backendError",
        "jobBackendError",
        "internalError",
        "jobInternalError",
        "badGateway",
    }
)
RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
"""Where no reason is given: a proxy's answer."""
STOPPED = ("stopped", "timeout")
OVERRULED = re.compile(
    r"\bdue to concurrent update\b|\btoo many DML statements outstanding\b"
    r"|\bnumber of dml jobs\b.*\bpending\b",
    re.IGNORECASE | re.DOTALL,
)
"""Whichever reason comes with it: of two that change one table's rows one is taken back, and can
come again; so can what found the table's queue of DML full, which empties within seconds."""
SECRET = re.compile(
    r"ya29\.[\w.-]+|eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|((?:access_token|id_token|[?&]key)=|Bearer +)[^\s&\"']+",
    re.IGNORECASE,
)
QUOTA = re.compile(
    r"(?:Quota exceeded|Exceeded quota|Exceeded rate limits):\s*(.+?)(?:\.\s|\.?$)", re.IGNORECASE
)
EXPIRED = re.compile(r"\btable\b.*tipoff_scratch\.", re.IGNORECASE)
"""What was staged goes after a day; its dataset doesn't."""
LONGEST = 500


@dataclass(frozen=True)
class Refusal:
    """What is known of an error of Google's: its reason, its words, the HTTP status."""

    reason: str
    message: str
    status: int = 0

    @property
    def is_retried(self) -> bool:
        """403 has two meanings, and only the reason tells them apart."""
        if OVERRULED.search(self.message):
            return True
        if self.reason:
            return self.reason in RETRIED_REASONS
        return self.status in RETRIED_STATUSES

    @property
    def is_missing(self) -> bool:
        return self.reason == "notFound" or (not self.reason and self.status == 404)

    @property
    def is_denied(self) -> bool:
        return self.reason == "accessDenied" or (not self.reason and self.status == 403)

    @property
    def is_there_already(self) -> bool:
        return self.reason == "duplicate" or (not self.reason and self.status == 409)

    @property
    def is_overtaken(self) -> bool:
        """Somebody changed it since it was read."""
        return self.reason == "conditionNotMet" or self.status == 412

    @property
    def words(self) -> str:
        """One line of Google's own, without anything that could be a token or a key."""
        line = " ".join(self.message.split())
        return SECRET.sub(lambda found: f"{found.group(1) or ''}***", line)[:LONGEST]


def read_refusal(error: object) -> Refusal:
    """Of Google's exceptions, known by what they carry, so that nothing has to be loaded."""
    errors = getattr(error, "errors", None) or ()
    first = errors[0] if errors and isinstance(errors[0], dict) else {}
    message = first.get("message") or getattr(error, "message", None) or type(error).__name__
    return Refusal(
        reason=str(first.get("reason") or ""),
        message=str(message),
        status=int(getattr(error, "code", None) or 0),
    )


def read_job_error(given: dict[str, str]) -> Refusal:
    """Of a job's `errorResult`."""
    return Refusal(reason=given.get("reason", ""), message=given.get("message", ""))


def as_ours(what: str, refusal: Refusal, **details: object) -> WarehouseFailed:
    """The error of ours that says it; `what` is what was being done."""
    said = f"{what} failed in BigQuery: {refusal.words}"
    details = {"reason": refusal.reason, **details}
    if refusal.is_retried or refusal.reason in STOPPED:
        return WarehouseTransient(f"{what} was given up by BigQuery: {refusal.words}", **details)
    if refusal.is_overtaken:
        return WarehouseTransient(f"{said}: somebody changed it meanwhile, try again", **details)
    match refusal.reason:
        case "quotaExceeded":
            quota = _quota(refusal.words)
            return QuotaExceeded(
                f"{what} met a quota of BigQuery that is used up: {quota}; nothing is tried again"
                " before it is given anew (docs/bigquery.md names the quotas)",
                quota=quota,
                **details,
            )
        case "bytesBilledLimitExceeded":
            return TooCostly(
                f"{what} was not started: {refusal.words} Ask for fewer dates, or allow more bytes",
                **details,
            )
        case "accessDenied":
            return WarehouseDenied(
                f"{what} is not allowed to this account: {refusal.words} The roles that are needed"
                " are in docs/bigquery.md",
                **details,
            )
    if refusal.is_missing and EXPIRED.search(refusal.words):
        return WarehouseTransient(f"{said}: what was staged has expired, ask again", **details)
    if refusal.is_missing:
        said += "; `tipoff schema diff` says what is not there"
    return WarehouseFailed(said, **details)


def _quota(words: str) -> str:
    found = QUOTA.search(words)
    return found.group(1).strip() if found else words
