"""Mode platform: Cloud Run verified the token; its claims say who came, and for whom."""

from __future__ import annotations

import time

import pytest
from starlette.datastructures import Headers

from processors.errors import NotAllowed, NotAuthenticated
from service.auth.certificates import Fetched
from service.auth.guard import Guard
from service.auth.modes import AuthSettings, Caller
from tests.service.auth.issuer import (
    AUDIENCE,
    GCLOUD,
    MACHINE,
    PERSON,
    Issuer,
    claims,
    make_key,
    stripped,
)
from tests.service.auth.refused import refused

GOOGLE = Issuer(url="", keys={"one": make_key(1)})


def never(url: str) -> Fetched:
    raise AssertionError(f"mode platform asked for certificates at {url}")


@pytest.fixture
def guard() -> Guard:
    settings = AuthSettings(
        mode="platform", audience=AUDIENCE, allowed_emails=frozenset({MACHINE, PERSON})
    )
    return Guard(settings, fetch_certs=never)


def bearing(**changes: object) -> dict[str, str]:
    token = stripped(GOOGLE.token(payload=claims(**changes)))
    return {"authorization": f"Bearer {token}"}


def test_signature_removed(guard):
    assert guard.check(bearing()) == Caller(email=MACHINE, mode="platform")


def test_signature_left(guard):
    headers = {"authorization": f"Bearer {GOOGLE.token()}"}
    assert guard.check(headers) == Caller(email=MACHINE, mode="platform")


@pytest.mark.parametrize(
    "audience",
    [AUDIENCE, GCLOUD, "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com"],
)
def test_person(guard, audience):
    """gcloud auth print-identity-token, and the token of the application default login."""
    assert guard.check(bearing(email=PERSON, aud=audience)).email == PERSON


def test_machine_with_gclouds_audience(guard):
    error = refused(guard, bearing(aud=GCLOUD), NotAuthenticated)
    assert error.details["reason"] == "gcloud_audience"
    assert f"--audiences={AUDIENCE}" in error.message


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"aud": "https://other.example.run.app"}, "wrong_audience"),
        ({"aud": "1234.apps.googleusercontent.com", "email": PERSON}, "wrong_audience"),
        ({"iss": "https://evil.example"}, "wrong_issuer"),
        ({"exp": 1_700_000_000}, "expired"),
        ({"iat": int(time.time()) + 9000, "exp": int(time.time()) + 9999}, "not_yet_valid"),
        ({"email_verified": False}, "unverified_email"),
        ({"email": None}, "no_email"),
    ],
)
def test_wrong_claims(guard, change, reason):
    headers = bearing(**change)
    error = refused(guard, headers, NotAuthenticated, headers["authorization"].split()[1])
    assert error.details["reason"] == reason


def test_not_on_the_list(guard):
    headers = bearing(email="eve@example.com", aud=GCLOUD)
    error = refused(guard, headers, NotAllowed, headers["authorization"].split()[1])
    assert error.details == {"email": "eve@example.com"}


def test_no_token(guard):
    assert refused(guard, {}, NotAuthenticated).details["reason"] == "no_token"


class TestTwoHeaders:
    """Cloud Run looks at its own header where there is one, and at nothing else: so do we."""

    def test_its_own_wins(self, guard):
        own = bearing(email=PERSON)["authorization"]
        headers = bearing() | {"X-Serverless-Authorization": own}
        assert guard.check(headers).email == PERSON

    @pytest.mark.parametrize("own", ["", "Bearer", "Basic x", "Bearer a.b.c"])
    def test_a_bad_one_of_its_own_is_not_passed_over(self, guard, own):
        refused(guard, bearing() | {"x-serverless-authorization": own}, NotAuthenticated)

    def test_one_that_may_not_is_not_passed_over(self, guard):
        own = bearing(email="eve@example.com")["authorization"]
        refused(guard, bearing() | {"x-serverless-authorization": own}, NotAllowed)

    @pytest.mark.parametrize("name", [b"authorization", b"x-serverless-authorization"])
    def test_said_twice(self, guard, name):
        value = bearing()["authorization"].encode()
        both = Headers(raw=[(name, value), (name, value)])
        assert refused(guard, both, NotAuthenticated).details["reason"] == "two_headers"


@pytest.mark.parametrize("signature", ["", "SIGNATURE_REMOVED_BY_GOOGLE=", "SIGNATURE REMOVED"])
def test_signature_of_no_shape(guard, signature):
    header = bearing()["authorization"].rpartition(".")[0]
    error = refused(guard, {"authorization": f"{header}.{signature}"}, NotAuthenticated)
    assert error.details["reason"] == "not_a_token"
