"""How a request without a good token is refused: the reason, never the token."""

from __future__ import annotations

from processors.errors import NotAuthenticated


def unauthenticated(reason: str, message: str) -> NotAuthenticated:
    """A 401 with the header that HTTP wants beside it (RFC 6750, section 3)."""
    challenge = 'Bearer realm="tipoff"'
    if reason != "no_token":  # who sent none is told only what is wanted
        challenge += ', error="invalid_token"'
    return NotAuthenticated(message, reason=reason, www_authenticate=challenge)
