"""The header that holds the token, and the token out of it."""

from __future__ import annotations

from collections.abc import Mapping

from service.auth.modes import Mode
from service.auth.refusing import unauthenticated

# Cloud Run looks at its own header first and then at no other; the app must look where it looked.
HEADERS_READ: dict[Mode, tuple[str, ...]] = {
    "platform": ("x-serverless-authorization", "authorization"),
    "app": ("authorization",),
}
LONGEST_TOKEN = 8192


def values_of(headers: Mapping[str, str], name: str) -> list[str]:
    """All values of a header: names in any case, and said twice counts twice."""
    return [value for key, value in headers.items() if key.lower() == name]


def bearer_token(headers: Mapping[str, str], mode: Mode) -> str:
    """The token of the first header that the mode reads and the request has."""
    for name in HEADERS_READ[mode]:
        values = values_of(headers, name)
        if len(values) > 1:
            raise unauthenticated("two_headers", f"{len(values)} {name} headers: send one")
        if values:
            return _token_of(values[0], name)
    raise unauthenticated("no_token", "no token: send Authorization: Bearer <identity token>")


def _token_of(value: str, name: str) -> str:
    scheme, _, rest = value.strip(" \t").partition(" ")
    token = rest.strip(" ")
    if scheme.lower() != "bearer":
        raise unauthenticated("not_bearer", f"{name} is of another scheme: send Bearer <token>")
    if not token:
        raise unauthenticated("empty_token", f"{name} says Bearer and nothing after it")
    if len(token) > LONGEST_TOKEN:
        raise unauthenticated(
            "long_token", f"a token of {len(token)} characters: at most {LONGEST_TOKEN}"
        )
    return token
