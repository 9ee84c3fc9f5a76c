"""Mode app: nothing is believed that the issuer didn't sign for us."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from google.auth import jwt
from google.auth.crypt import RSASigner
from starlette.datastructures import Headers

from processors.errors import NotAllowed, NotAuthenticated
from service.auth.guard import Guard
from service.auth.headers import LONGEST_TOKEN
from service.auth.modes import Caller
from tests.service.auth.issuer import (
    AUDIENCE,
    GCLOUD,
    MACHINE,
    PERSON,
    base64url,
    certificate,
    claims,
    make_key,
    segment,
    stripped,
)
from tests.service.auth.refused import refused

RIGHT_HEADER = {"alg": "RS256", "kid": "one", "typ": "JWT"}


def bearing(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def guard(issuer) -> Guard:
    return Guard(issuer.settings())


class TestRight:
    def test_caller(self, guard, issuer):
        assert guard.check(bearing(issuer.token())) == Caller(email=MACHINE, mode="app")

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR "])
    def test_scheme_in_any_case(self, guard, issuer, scheme):
        assert guard.check({"Authorization": f"{scheme} {issuer.token()}"}).email == MACHINE

    def test_both_spellings_of_the_issuer(self, guard, issuer):
        token = issuer.token(payload=claims(iss="accounts.google.com"))
        assert guard.check(bearing(token)).email == MACHINE

    def test_made_by_google_auth(self, guard, issuer):
        token = jwt.encode(RSASigner(issuer.keys["one"], "one"), claims()).decode()
        assert guard.check(bearing(token)).email == MACHINE

    def test_headers_of_the_web_framework(self, guard, issuer):
        raw = [(b"host", b"h"), (b"authorization", f"Bearer {issuer.token()}".encode())]
        assert guard.check(Headers(raw=raw)).email == MACHINE

    @pytest.mark.parametrize("change", [{"exp": -20}, {"iat": 20}, {"nbf": 20}])
    def test_within_the_skew(self, guard, issuer, change):
        now = int(time.time())
        moved = {name: now + seconds for name, seconds in change.items()}
        assert guard.check(bearing(issuer.token(payload=claims(**moved)))).email == MACHINE

    def test_token_for_cloud_run_is_not_ours(self, guard, issuer):
        """Behind IAM the platform's token goes in its own header, the app's in Authorization."""
        platforms = stripped(issuer.token(payload=claims(email=PERSON)))
        headers = bearing(issuer.token()) | {"x-serverless-authorization": f"Bearer {platforms}"}
        assert guard.check(headers).email == MACHINE


class TestClaims:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"aud": "https://other.example.run.app"}, "wrong_audience"),
            ({"aud": AUDIENCE + "/"}, "wrong_audience"),
            ({"aud": AUDIENCE.upper()}, "wrong_audience"),
            ({"aud": [AUDIENCE]}, "wrong_audience"),
            ({"aud": [AUDIENCE, "https://other.example"]}, "wrong_audience"),
            ({"aud": ""}, "wrong_audience"),
            ({"aud": None}, "wrong_audience"),
            ({"iss": "https://evil.example"}, "wrong_issuer"),
            ({"iss": "https://accounts.google.com/"}, "wrong_issuer"),
            ({"iss": ["https://accounts.google.com"]}, "wrong_issuer"),
            ({"iss": None}, "wrong_issuer"),
            ({"email_verified": False}, "unverified_email"),
            ({"email_verified": "true"}, "unverified_email"),
            ({"email_verified": 1}, "unverified_email"),
            ({"email_verified": None}, "unverified_email"),
            ({"email": None}, "no_email"),
            ({"email": ""}, "no_email"),
            ({"email": [MACHINE]}, "no_email"),
            ({"email": "x" * 201}, "no_email"),
            ({"exp": None}, "no_moment"),
            ({"iat": None}, "no_moment"),
            ({"exp": "4000000000"}, "no_moment"),
            ({"exp": 4e9}, "no_moment"),
            ({"exp": True}, "no_moment"),
            ({"exp": -1}, "no_moment"),
            ({"exp": 10**300}, "no_moment"),
            ({"nbf": "now"}, "no_moment"),
        ],
    )
    def test_wrong(self, guard, issuer, change, reason):
        token = issuer.token(payload=claims(**change))
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == reason
        assert error.details["www_authenticate"] == 'Bearer realm="tipoff", error="invalid_token"'

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"exp": -40}, "expired"),
            ({"iat": 40}, "not_yet_valid"),
            ({"nbf": 40}, "not_yet_valid"),
        ],
    )
    def test_times(self, guard, issuer, change, reason):
        now = int(time.time())
        moved = {name: now + seconds for name, seconds in change.items()}
        token = issuer.token(payload=claims(**moved))
        assert refused(guard, bearing(token), NotAuthenticated, token).details["reason"] == reason

    def test_a_right_token_goes_off(self, issuer):
        clock = [time.time()]
        guard = Guard(issuer.settings(), now=lambda: clock[0])
        token = issuer.token()
        assert guard.check(bearing(token)).email == MACHINE
        clock[0] += 3600
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == "expired"

    @pytest.mark.parametrize(
        "email", ["other@tipoff.iam.gserviceaccount.com", MACHINE.upper(), f" {MACHINE}"]
    )
    def test_not_on_the_list(self, guard, issuer, email):
        token = issuer.token(payload=claims(email=email))
        error = refused(guard, bearing(token), NotAllowed, token)
        assert (error.http_status, error.details) == (403, {"email": email})
        assert email in error.message

    @pytest.mark.parametrize(
        "audience",
        [GCLOUD, "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com"],
    )
    def test_person_with_gcloud(self, issuer, audience):
        """Also where the person is on the list: gcloud's audience isn't ours."""
        guard = Guard(issuer.settings(allowed_emails=frozenset({PERSON})))
        token = issuer.token(payload=claims(email=PERSON, aud=audience))
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == "gcloud_audience"
        assert "mode platform" in error.message
        assert f"--audiences={AUDIENCE}" in error.message

    def test_machine_with_gcloud(self, guard, issuer):
        token = issuer.token(payload=claims(aud=GCLOUD))
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert f"ask for one with --audiences={AUDIENCE}" in error.message


class TestSignature:
    def test_of_another_key(self, guard, issuer):
        issuer.keys["two"] = make_key(2)
        token = issuer.token(header=RIGHT_HEADER, key_id="two")
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == "wrong_signature"

    def test_stripped(self, guard, issuer):
        token = stripped(issuer.token())
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == "signature_removed"
        assert "mode platform" in error.message

    @pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, ["RS256"], "RS384"])
    def test_other_algorithms(self, guard, issuer, algorithm):
        token = issuer.token(header=RIGHT_HEADER | {"alg": algorithm})
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == "wrong_algorithm"

    def test_none_without_a_signature(self, guard):
        token = f"{segment({'alg': 'none'})}.{segment(claims())}."
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == "not_a_token"

    @pytest.mark.parametrize("public_half", ["certificate", "key"])
    @pytest.mark.parametrize("algorithm", ["HS256", "RS256"])
    def test_hmac_with_what_is_public(self, guard, issuer, public_half, algorithm):
        """Algorithm confusion: the public half taken for a shared secret."""
        key = issuer.keys["one"]
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        shared = certificate(key).encode() if public_half == "certificate" else public
        signed = f"{segment(RIGHT_HEADER | {'alg': algorithm})}.{segment(claims())}"
        signature = hmac.new(shared, signed.encode(), hashlib.sha256).digest()
        token = f"{signed}.{base64url(signature)}"
        refused(guard, bearing(token), NotAuthenticated, token)

    def test_elliptic_curve(self, guard):
        key = ec.generate_private_key(ec.SECP256R1())
        signed = f"{segment(RIGHT_HEADER | {'alg': 'ES256'})}.{segment(claims())}"
        signature = key.sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
        token = f"{signed}.{base64url(signature)}"
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == "wrong_algorithm"

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"kid": "unknown"}, "unknown_key"),
            ({"kid": ["one"]}, "no_key_id"),
            ({"kid": ""}, "no_key_id"),
            ({"kid": None}, "no_key_id"),
            ({"crit": ["exp"]}, "critical_header"),
        ],
    )
    def test_header(self, guard, issuer, change, reason):
        token = issuer.token(header=RIGHT_HEADER | change)
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == reason

    def test_a_key_in_the_header_is_not_asked(self, guard, issuer):
        issuer.keys["two"] = make_key(2)
        header = RIGHT_HEADER | {"jwk": {"kty": "RSA"}, "x5u": "https://evil.example/cert"}
        token = issuer.token(header=header, key_id="two")
        refused(guard, bearing(token), NotAuthenticated, token)


class TestShape:
    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("Bearer", "empty_token"),
            ("Bearer ", "empty_token"),
            ("", "not_bearer"),
            ("Basic dXNlcjpzZWNyZXQtd29yZA==", "not_bearer"),
            ("{token}", "not_bearer"),
            ("Bearer\t{token}", "not_bearer"),
            ("Bearer garbage-garbage", "not_a_token"),
            ("Bearer a.b", "not_a_token"),
            ("Bearer {token}.more", "not_a_token"),
            ("Bearer {token}==", "not_a_token"),
            ("Bearer {token} {token}", "not_a_token"),
            ("Bearer {token}, Bearer {token}", "not_a_token"),
            ("Bearer é.é.é", "not_a_token"),
            ("Bearer aaaa.bbbb.cccc", "unreadable"),
        ],
    )
    def test_header(self, guard, issuer, value, reason):
        token = issuer.token()
        headers = {"authorization": value.format(token=token)}
        error = refused(guard, headers, NotAuthenticated, token)
        assert error.details["reason"] == reason
        assert "dXNlcjpz" not in str(error)

    def test_none(self, guard):
        error = refused(guard, {}, NotAuthenticated)
        assert error.details["reason"] == "no_token"
        assert error.details["www_authenticate"] == 'Bearer realm="tipoff"'

    def test_the_platforms_header_alone(self, guard, issuer):
        headers = {"x-serverless-authorization": f"Bearer {issuer.token()}"}
        assert refused(guard, headers, NotAuthenticated).details["reason"] == "no_token"

    def test_two_headers(self, guard, issuer):
        right = f"Bearer {issuer.token()}".encode()
        both = Headers(raw=[(b"authorization", right), (b"authorization", right)])
        assert refused(guard, both, NotAuthenticated).details["reason"] == "two_headers"

    def test_long(self, guard, issuer):
        token = issuer.token(payload=claims(more="x" * LONGEST_TOKEN))
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == "long_token"

    @pytest.mark.parametrize(
        "payload",
        [
            b"[" * 5000,
            b'{"a":' * 900,
            b"[]",
            b"7",
            b"null",
            b"\xff\xfe",
            b"",
            b'{"exp": Infinity}',
            b'{"exp": NaN}',
            b'{"aud": "x", "aud": "y"}',
        ],
    )
    @pytest.mark.parametrize("place", ["header", "claims"])
    def test_payload_is_no_object(self, guard, issuer, payload, place):
        token = issuer.token(**{"header" if place == "header" else "payload": payload})
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] in ("unreadable", "not_a_token")

    def test_claims_said_twice(self, guard, issuer):
        """Signed, and right in the reading that takes the last: still two readings."""
        twice = b'{"email": "evil@example.com", ' + json.dumps(claims()).encode()[1:]
        token = issuer.token(payload=twice)
        error = refused(guard, bearing(token), NotAuthenticated, token)
        assert error.details["reason"] == "unreadable"


def test_nothing_is_logged(guard, issuer, caplog):
    """At any level, by us or by google-auth: not for a right token, nor for a wrong one."""
    caplog.set_level(logging.DEBUG)
    right, wrong = issuer.token(), issuer.token(payload=claims(aud="https://other.example"))
    guard.check(bearing(right))
    refused(guard, bearing(wrong), NotAuthenticated, wrong)
    written = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    for part in [*right.split("."), *wrong.split(".")]:
        assert part not in written
