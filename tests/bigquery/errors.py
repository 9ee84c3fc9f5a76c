"""What BigQuery answers when it refuses: a reason, the HTTP status that goes with it, a body."""

from __future__ import annotations

from typing import Any

# https://cloud.google.com/bigquery/docs/error-messages: the reasons with their HTTP status
STATUSES = {
    "invalid": 400,
    "invalidQuery": 400,
    "required": 400,
    "parseError": 400,
    "bytesBilledLimitExceeded": 400,
    "resourceInUse": 400,
    "stopped": 400,
    "accessDenied": 403,
    "quotaExceeded": 403,
    "rateLimitExceeded": 403,
    "notFound": 404,
    "duplicate": 409,
    "conditionNotMet": 412,
    "internalError": 500,
    "notImplemented": 501,
    "badGateway": 502,
    "backendError": 503,
}
NAMES = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """A request or a job is refused."""

    def __init__(
        self, reason: str, message: str, *, location: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.location = location
        self.status = status or STATUSES[reason]

    @property
    def proto(self) -> dict[str, Any]:
        """ErrorProto, as a job's status holds it."""
        made = {"reason": self.reason, "message": self.message}
        if self.location:
            made["location"] = self.location
        return made

    @property
    def body(self) -> dict[str, Any]:
        """What stands in the answer of a request that failed."""
        one = {"message": self.message, "domain": "global", "reason": self.reason}
        if self.location:
            one |= {"location": self.location, "locationType": "parameter"}
        return {
            "error": {
                "code": self.status,
                "message": self.message,
                "errors": [one],
                "status": NAMES[self.status],
            }
        }


def invalid_query(message: str) -> ApiError:
    return ApiError("invalidQuery", message, location="query")


def invalid(message: str) -> ApiError:
    return ApiError("invalid", message)


def not_found(kind: str, name: str) -> ApiError:
    """`kind` is Project, Dataset, Table or Job; the name is project:dataset.table."""
    where = " was not found in location US" if kind in ("Dataset", "Table") else ""
    return ApiError("notFound", f"Not found: {kind} {name}{where}")


def already_exists(kind: str, name: str) -> ApiError:
    return ApiError("duplicate", f"Already Exists: {kind} {name}")


def not_implemented(what: str) -> ApiError:
    """BigQuery has it and this server hasn't: no test may take it for BigQuery's refusal."""
    return ApiError("notImplemented", f"the test server has no {what}")


def broken(trace: str) -> ApiError:
    """A fault of this server. Not internalError, which the client would ask again and again."""
    return ApiError("notImplemented", f"the test server failed: {trace}")
