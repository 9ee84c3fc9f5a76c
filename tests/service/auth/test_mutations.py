"""No token but the right one: whatever is changed in it, mode app refuses it."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from processors.errors import NotAllowed, NotAuthenticated
from service.auth.certificates import Fetched
from service.auth.guard import Guard
from tests.service.auth.issuer import Issuer, certificate, claims, make_key, segment
from tests.service.auth.refused import told_by

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
KEY = make_key(1)
ISSUER = Issuer(url="http://127.0.0.1/", keys={"one": KEY})
RIGHT = ISSUER.token()
GUARD = Guard(
    ISSUER.settings(),
    fetch_certs=lambda _: Fetched(certificates={"one": certificate(KEY)}, stay=86400),
)

places = st.integers(0, len(RIGHT) - 1)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The right token after one to three edits: exchange, insert, delete, double, cut, swap."""
    token = RIGHT
    for _ in range(draw(st.integers(1, 3))):
        at = min(draw(places), len(token))
        to = min(draw(places), len(token))
        low, high = sorted((at, to))
        letters = draw(st.text(ALPHABET + ".=+/ \n\x00é", min_size=1, max_size=4))
        token = draw(
            st.sampled_from(
                [
                    token[:at] + letters + token[at + len(letters) :],
                    token[:at] + letters + token[at:],
                    token[:low] + token[high:],
                    token[:high] + token[low:],
                    token[low:high],
                    token.swapcase(),
                ]
            )
        )
    return token


def test_the_right_one() -> None:
    assert GUARD.check({"authorization": f"Bearer {RIGHT}"})


@pytest.mark.parametrize("steps", range(1, len(ALPHABET)))
def test_last_letter(steps: int) -> None:
    """Four letters spell the same signature where spare bits don't count."""
    letter = ALPHABET[(ALPHABET.index(RIGHT[-1]) + steps) % len(ALPHABET)]
    _assert_refused(RIGHT[:-1] + letter)


@given(mutated())
@example(RIGHT + "=")
@example(RIGHT + "==")
@example(RIGHT.replace(".", "..", 1))
@example("")
@settings(max_examples=400, deadline=None)
def test_edits(token: str) -> None:
    if token.strip(" ") != RIGHT:
        _assert_refused(token)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@given(st.sampled_from(sorted(claims())), json_values)
@settings(max_examples=200, deadline=None)
def test_claims_under_the_right_signature(name: str, value: object) -> None:
    changed = claims() | {name: value}
    if changed != claims():
        header, _, signature = RIGHT.split(".")
        _assert_refused(f"{header}.{segment(changed)}.{signature}")


@given(st.sampled_from(["iss", "aud", "email", "email_verified", "iat", "exp", "nbf"]), json_values)
@settings(max_examples=300, deadline=None)
def test_signed_claims(name: str, value: object) -> None:
    """Signed by the issuer, so only the checks of the claims stand between: exactly these pass."""
    token = ISSUER.token(payload=claims() | {name: value})
    if is_right(name, value):
        assert GUARD.check({"authorization": f"Bearer {token}"})
    else:
        _assert_refused(token)


def is_right(name: str, value: object) -> bool:
    now = time.time()
    if name in ("iat", "nbf"):
        return type(value) is int and 0 <= value <= now + 30
    if name == "exp":
        return type(value) is int and now - 30 <= value < 2**40
    if name == "iss":
        return value in ("https://accounts.google.com", "accounts.google.com")
    return type(value) is type(claims()[name]) and value == claims()[name]


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode("latin-1")))
@settings(max_examples=200, deadline=None)
def test_any_header(value: str) -> None:
    with pytest.raises(NotAuthenticated):
        GUARD.check({"authorization": value})


def _assert_refused(token: str) -> None:
    with pytest.raises((NotAuthenticated, NotAllowed)) as caught:
        GUARD.check({"authorization": f"Bearer {token}"})
    told = told_by(caught.value)
    assert not [part for part in token.split(".") if len(part) > 20 and part in told]
