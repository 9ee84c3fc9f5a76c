"""The issuer's certificates over real HTTP: kept, renewed, rotated, out of reach."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from processors.errors import IdentityUnavailable, NotAuthenticated
from service.auth import certificates
from service.auth.certificates import PAUSE_SECONDS, SHORTEST_STAY
from service.auth.guard import Guard
from tests.service.auth.issuer import MACHINE, certificate, make_key, serve
from tests.service.auth.refused import refused

STAY = 600  # what the test's issuer says


def bearing(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


class Clock:
    """Stands still until moved; starts at the real time, which the tokens carry."""

    def __init__(self) -> None:
        self.moment = time.time()

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guard(issuer, clock) -> Guard:
    return Guard(issuer.settings(), now=clock)


class TestKept:
    def test_one_fetch_for_many(self, guard, issuer):
        for _ in range(5):
            assert guard.check(bearing(issuer.token())).email == MACHINE
        assert issuer.asked == 1

    def test_as_long_as_the_issuer_says(self, guard, issuer, clock):
        guard.check(bearing(issuer.token()))
        clock.moment += STAY - 1
        guard.check(bearing(issuer.token()))
        assert issuer.asked == 1
        clock.moment += 1
        guard.check(bearing(issuer.token()))
        assert issuer.asked == 2

    @pytest.mark.parametrize(
        ("said", "stay"),
        [
            ("public, max-age=0, must-revalidate", SHORTEST_STAY),
            ("max-age=99999999", 86400),
            ("s-maxage=5", 3600),
            ("no-store", 3600),
        ],
    )
    def test_within_reason(self, guard, issuer, clock, said, stay):
        issuer.headers["Cache-Control"] = said
        token = issuer.token()
        guard.check(bearing(token))
        clock.moment += stay - 1
        asked_early = self._asks(guard, issuer, token)
        clock.moment += 1
        assert (asked_early, self._asks(guard, issuer, token)) == (False, True)

    def _asks(self, guard, issuer, token) -> bool:
        """A token that has gone off is still looked at by its key first."""
        before = issuer.asked
        try:
            guard.check(bearing(token))
        except NotAuthenticated as error:
            assert error.details["reason"] == "expired"  # noqa: PT017
        return issuer.asked > before

    def test_many_threads_one_fetch(self, guard, issuer):
        token, found = issuer.token(), []
        threads = [
            threading.Thread(target=lambda: found.append(guard.check(bearing(token)).email))
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (found, issuer.asked) == ([MACHINE] * 16, 1)


class TestRotated:
    def test_new_key(self, guard, issuer, clock):
        guard.check(bearing(issuer.token()))
        issuer.keys["two"] = make_key(2)
        clock.moment += PAUSE_SECONDS
        assert guard.check(bearing(issuer.token(key_id="two"))).email == MACHINE
        assert issuer.asked == 2

    def test_old_key_goes(self, guard, issuer, clock):
        old = issuer.token()
        guard.check(bearing(old))
        issuer.keys = {"two": make_key(2)}
        clock.moment += STAY
        error = refused(guard, bearing(old), NotAuthenticated, old)
        assert error.details["reason"] == "unknown_key"

    def test_same_id_other_key(self, guard, issuer, clock):
        guard.check(bearing(issuer.token()))
        issuer.keys["one"] = make_key(2)
        token = issuer.token()
        refused(guard, bearing(token), NotAuthenticated, token)
        clock.moment += STAY
        assert guard.check(bearing(token)).email == MACHINE

    def test_made_up_ids_ask_seldom(self, guard, issuer, clock):
        for number in range(30):
            token = issuer.token(header={"alg": "RS256", "kid": f"made-up-{number}"})
            refused(guard, bearing(token), NotAuthenticated, token)
        assert issuer.asked == 1
        clock.moment += PAUSE_SECONDS
        refused(guard, bearing(token), NotAuthenticated, token)
        assert issuer.asked == 2

    def test_clock_set_back(self, guard, issuer, clock):
        """Certificates from the future aren't good for ever."""
        clock.moment += 50_000
        token = issuer.token()
        refused(guard, bearing(token), NotAuthenticated, token)
        clock.moment -= 50_000
        assert guard.check(bearing(token)).email == MACHINE
        assert issuer.asked == 2


class TestOutOfReach:
    """Not the caller's fault: a 503 that a retry may cure, never a 401."""

    def _down(self, guard, issuer, words):
        token = issuer.token()
        error = refused(guard, bearing(token), IdentityUnavailable, token)
        assert (error.http_status, error.retryable) == (503, True)
        assert words in error.message
        assert error.details == {"url": issuer.url}

    def test_server_down(self, clock):
        with serve(one=make_key(1)) as issuer:
            guard = Guard(issuer.settings(), now=clock)
        self._down(guard, issuer, "no answer (ConnectionError)")

    def test_server_silent(self, issuer, monkeypatch):
        monkeypatch.setattr(certificates, "FETCH_SECONDS", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            issuer.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            start = time.monotonic()
            self._down(Guard(issuer.settings()), issuer, "no answer (ReadTimeout)")
            assert time.monotonic() - start < 30  # google-auth alone waits for two minutes

    @pytest.mark.parametrize("status", [302, 404, 500])
    def test_status(self, guard, issuer, status):
        issuer.status = status
        issuer.headers["Location"] = "/elsewhere"
        self._down(guard, issuer, f"answered {status}")
        assert issuer.asked == 1

    @pytest.mark.parametrize(
        "body",
        [
            b"<html>",
            b"\xff",
            b"[" * 100_000,
            b"[]",
            b'{"one": 1}',
            b'{"one": "no certificate"}',
            b'{"keys": [{"kid": "one"}]}',
            json.dumps({"one": certificate(ec.generate_private_key(ec.SECP256R1()))}).encode(),
        ],
    )
    def test_nonsense(self, guard, issuer, body):
        issuer.body = body
        self._down(guard, issuer, "answered")

    def test_not_tried_again_at_once(self, guard, issuer, clock):
        issuer.status = 500
        for _ in range(5):
            self._down(guard, issuer, "answered 500")
        assert issuer.asked == 1
        issuer.status = 200
        clock.moment += PAUSE_SECONDS
        assert guard.check(bearing(issuer.token())).email == MACHINE
        unknown = issuer.token(header={"alg": "RS256", "kid": "two"})
        refused(guard, bearing(unknown), NotAuthenticated, unknown)

    def test_what_is_at_hand_serves_until_it_goes_off(self, guard, issuer, clock):
        guard.check(bearing(issuer.token()))
        issuer.status = 500
        clock.moment += PAUSE_SECONDS
        unknown = issuer.token(header={"alg": "RS256", "kid": "two"})
        refused(guard, bearing(unknown), IdentityUnavailable, unknown)
        assert guard.check(bearing(issuer.token())).email == MACHINE
        clock.moment += STAY
        self._down(guard, issuer, "answered 500")

    def test_no_wait_for_whose_key_is_at_hand(self, issuer, clock):
        """While one caller's made-up key is being asked for, the others come in."""
        asking, let_go = threading.Event(), threading.Event()

        def slow(url):
            if issuer.asked:
                asking.set()
                assert let_go.wait(10)
            return certificates.fetch_certs(url)

        guard = Guard(issuer.settings(), now=clock, fetch_certs=slow)
        guard.check(bearing(issuer.token()))
        clock.moment += PAUSE_SECONDS
        unknown = issuer.token(header={"alg": "RS256", "kid": "two"})
        thread = threading.Thread(
            target=lambda: refused(guard, bearing(unknown), NotAuthenticated, unknown)
        )
        thread.start()
        try:
            assert asking.wait(10)
            assert guard.check(bearing(issuer.token())).email == MACHINE
        finally:
            let_go.set()
            thread.join()
