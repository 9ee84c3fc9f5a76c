"""The error tree. Every error of ours is one of these.

TipoffError              base: a code, whether a retry helps, the HTTP status it becomes
├── UsageError           the request itself is wrong: a field, a date, a table name
├── ContractError        a contract or statement breaks the rules of the house; found at load
├── SchemaConflict       a stored table differs from its contract in a way that would lose data
├── LoadRefused          rows that were to be loaded are bad; nothing was loaded
├── MappingError         a mapping of league/importing is not one, or none fits the folder
├── ImportRefused        files that contradict their mapping or themselves; nothing was written
├── QueryRefused         a query of the user's that is not a single read of our tables
├── TrainingRefused      rows to learn from are not there, not proven, or too few
├── ModelRefused         a model that may not be promoted or speak, or was made by other libraries
├── NotAuthenticated     a request doesn't prove who sends it
├── NotAllowed           a request whose sender is known, or comes from another site, and may not
├── IdentityUnavailable  the issuer can't be asked now: no certificates, or no token to send
├── TooBusy              so many requests work or wait already; come back later
├── WarehouseBusy        another process holds the warehouse; waiting was not enough
├── OwnerFailed          the service that holds the warehouse doesn't answer as ours does
├── DriftFound           what answers runs other code than who asks, and wasn't allowed to
├── GcloudFailed         gcloud refused what a deployment asked of it, or can't be run
├── WarehouseFailed      the engine gave up on a statement
│   ├── WarehouseTransient   …in a way that a second try may cure
│   ├── WarehouseDenied      …because the account may not do what the statement needs
│   ├── QuotaExceeded        …because a quota is used up: it stands until the quota is given anew
│   └── TooCostly            …before it started: it would read more bytes than it may
└── VerificationFailed   what was published is not what was staged
"""

from __future__ import annotations

from typing import ClassVar


class TipoffError(Exception):
    """Base: what happened, with which values, and what to do."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class UsageError(TipoffError):
    """The request itself is wrong: a field, a date, a table name."""

    code = "usage"
    http_status = 422


class ContractError(TipoffError):
    """A contract or statement breaks the rules of the house; found at load."""

    code = "contract"


class SchemaConflict(TipoffError):
    """A stored table differs from its contract in a way that would lose data."""

    code = "schema_conflict"
    http_status = 409


class LoadRefused(TipoffError):
    """Rows that were to be loaded are bad; nothing was loaded."""

    code = "load_refused"
    http_status = 422


class QueryRefused(TipoffError):
    """A query of the user's that is not a single read of our tables."""

    code = "query_refused"
    http_status = 422


class TrainingRefused(TipoffError):
    """Rows to learn from are not there, not proven, or too few."""

    code = "training_refused"
    http_status = 409


class ModelRefused(TipoffError):
    """A model that may not be promoted or speak, or was made by other libraries or other bytes."""

    code = "model_refused"
    http_status = 409


class NotAuthenticated(TipoffError):
    """A request doesn't prove who sends it."""

    code = "not_authenticated"
    http_status = 401


class NotAllowed(TipoffError):
    """A request whose sender is known, or comes from another site, and may not."""

    code = "not_allowed"
    http_status = 403


class IdentityUnavailable(TipoffError):
    """The issuer can't be asked now: no certificates to verify by, or no token to send."""

    code = "identity_unavailable"
    retryable = True
    http_status = 503


class TooBusy(TipoffError):
    """So many requests work or wait already; come back later."""

    code = "too_busy"
    retryable = True
    http_status = 429


class WarehouseBusy(TipoffError):
    """Another process holds the warehouse; waiting was not enough."""

    code = "warehouse_busy"
    retryable = True
    http_status = 503


class OwnerFailed(TipoffError):
    """The service that holds the warehouse doesn't answer as ours does."""

    code = "owner_failed"
    retryable = True
    http_status = 503


class DriftFound(TipoffError):
    """What answers runs other code than who asks, and nobody has allowed that."""

    code = "drift_found"
    http_status = 409


class GcloudFailed(TipoffError):
    """What a deployment asked of gcloud was refused, or gcloud can't be run."""

    code = "gcloud_failed"


class WarehouseFailed(TipoffError):
    """The engine gave up on a statement."""

    code = "warehouse_failed"


class WarehouseTransient(WarehouseFailed):
    """The engine gave up in a way that a second try may cure: memory, a conflict, a time-out."""

    code = "warehouse_transient"
    retryable = True
    http_status = 503


class WarehouseDenied(WarehouseFailed):
    """The account that Tipoff works as may not do what the statement needs."""

    code = "warehouse_denied"


class QuotaExceeded(WarehouseFailed):
    """A quota of the engine is used up; trying again before it is given anew only makes noise."""

    code = "quota_exceeded"


class TooCostly(WarehouseFailed):
    """A statement or a whole request would read more bytes than it may; it was not started."""

    code = "too_costly"
    http_status = 422


class VerificationFailed(TipoffError):
    """What was published is not what was staged."""

    code = "verification_failed"
