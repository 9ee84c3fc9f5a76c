"""What BigQuery refuses with becomes our errors, in words that hold no secret."""

from __future__ import annotations

import pytest
from google.api_core import exceptions

from processors.errors import (
    QuotaExceeded,
    TooCostly,
    WarehouseDenied,
    WarehouseFailed,
    WarehouseTransient,
)
from warehouse.bigquery.failures import Refusal, as_ours, read_job_error, read_refusal

APPENDS = (
    "Quota exceeded: Your table exceeded quota for imports or query appends per table. For more"
    " information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas"
)


@pytest.mark.parametrize(
    ("reason", "status", "retried", "error"),
    [
        ("rateLimitExceeded", 403, True, WarehouseTransient),
        ("jobRateLimitExceeded", 400, True, WarehouseTransient),
        ("backendError", 503, True, WarehouseTransient),
        ("internalError", 500, True, WarehouseTransient),
        ("badGateway", 502, True, WarehouseTransient),
        ("", 502, True, WarehouseTransient),
        ("", 503, True, WarehouseTransient),
        ("", 500, True, WarehouseTransient),
        ("", 429, True, WarehouseTransient),
        ("quotaExceeded", 403, False, QuotaExceeded),
        ("", 403, False, WarehouseFailed),
        ("accessDenied", 403, False, WarehouseDenied),
        ("bytesBilledLimitExceeded", 400, False, TooCostly),
        ("stopped", 400, False, WarehouseTransient),
        ("conditionNotMet", 412, False, WarehouseTransient),
        ("invalidQuery", 400, False, WarehouseFailed),
        ("resourcesExceeded", 400, False, WarehouseFailed),
        ("notFound", 404, False, WarehouseFailed),
    ],
)
def test_kinds(reason: str, status: int, *, retried: bool, error: type[WarehouseFailed]) -> None:
    refusal = Refusal(reason, "what it says", status)
    assert refusal.is_retried is retried
    assert type(as_ours("the statement", refusal)) is error


@pytest.mark.parametrize("reason", ["invalidQuery", "invalid", "aborted", ""])
def test_a_transaction_that_met_another(reason: str) -> None:
    said = "Query error: Transaction is aborted due to concurrent update against table d.t at [6:1]"
    refusal = Refusal(reason, said, 400)
    assert refusal.is_retried
    assert type(as_ours("publishing", refusal)) is WarehouseTransient


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("invalidQuery", "Could not serialize access to table d.t due to concurrent update"),
        (
            "quotaExceeded",
            "Quota exceeded: Your table exceeded quota for total number of dml jobs writing to a"
            " table, pending + running",
        ),
        ("", "Too many DML statements outstanding against table d.t, limit is 20."),
    ],
)
def test_a_queue_that_empties(reason: str, said: str) -> None:
    refusal = Refusal(reason, said, 400)
    assert refusal.is_retried
    assert type(as_ours("publishing", refusal)) is WarehouseTransient


def test_what_was_staged_has_expired() -> None:
    said = "Not found: Table p:tipoff_scratch.player_form_0a1b was not found in location US"
    found = as_ours("a read", Refusal("notFound", said, 404))
    assert type(found) is WarehouseTransient
    assert "has expired, ask again" in found.message


def test_quota_is_named() -> None:
    found = as_ours("publishing", Refusal("quotaExceeded", APPENDS, 403))
    assert isinstance(found, QuotaExceeded)
    quota = "Your table exceeded quota for imports or query appends per table"
    assert found.details["quota"] == quota
    assert f"used up: {quota};" in found.message
    assert found.retryable is False


def test_quota_in_other_words() -> None:
    found = as_ours("publishing", Refusal("quotaExceeded", "no more today", 403))
    assert "used up: no more today;" in found.message


def test_missing_advises() -> None:
    found = as_ours("reading", Refusal("notFound", "Not found: Table p:d.t", 404))
    assert "tipoff schema diff" in found.message


@pytest.mark.parametrize(
    "secret",
    [
        "ya29.a0AfH6SMB-x_y",
        "eyJhbGciOi.eyJpc3Mi.c2ln-x",
    ],
)
def test_tokens_are_masked(secret: str) -> None:
    found = as_ours("reading", Refusal("invalid", f"header\nBearer {secret}, sent", 400))
    assert secret not in found.message
    assert "***" in found.message


def test_keys_are_masked() -> None:
    words = Refusal("invalid", "GET https://x.test/?access_token=abc&key=def bad").words
    assert words == "GET https://x.test/?access_token=***&key=*** bad"


def test_words_are_short() -> None:
    assert len(Refusal("invalid", "a " * 5000).words) == 500


class TestRead:
    def test_structured(self) -> None:
        error = exceptions.Forbidden(
            "POST https://x.test: Exceeded", errors=[{"reason": "quotaExceeded", "message": "No"}]
        )
        assert read_refusal(error) == Refusal("quotaExceeded", "No", 403)

    def test_bare(self) -> None:
        assert read_refusal(exceptions.ServiceUnavailable("later")) == Refusal("", "later", 503)

    def test_of_a_job(self) -> None:
        found = read_job_error({"reason": "stopped", "message": "too long"})
        assert found == Refusal("stopped", "too long")
