"""Whether the issuer signed a token: RS256 by a key that the issuer names, and no other way."""

from __future__ import annotations

from service.auth.certificates import Certificates
from service.auth.reading import SIGNATURE_REMOVED, Token
from service.auth.refusing import unauthenticated

ALGORITHM = "RS256"


def verify_signature(token: Token, certificates: Certificates) -> None:
    """Raises NotAuthenticated. The token's header chooses one of the issuer's keys, nothing else:
    google-auth alone would try every key for a header without a key id, and take ES256 as well.
    """
    if token.signature == SIGNATURE_REMOVED:
        raise unauthenticated(
            "signature_removed",
            "Cloud Run verified this token and took its signature away, so mode app can't: run the "
            "service in mode platform, or send Cloud Run's token in X-Serverless-Authorization and "
            "the app's in Authorization",
        )
    if token.header.get("alg") != ALGORITHM:
        raise unauthenticated("wrong_algorithm", f"the token isn't signed by {ALGORITHM} (alg)")
    if "crit" in token.header:
        raise unauthenticated("critical_header", "the token's header has extensions (crit)")
    key_id = token.header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise unauthenticated("no_key_id", "the token's header names no key (kid)")
    verifier = certificates.verifier(key_id)
    if verifier is None:
        raise unauthenticated(
            "unknown_key", "the issuer has no key of that id (kid): fetch a new token"
        )
    signature = token.signature_bytes()
    if signature is None or not verifier.verify(token.signed, signature):
        raise unauthenticated("wrong_signature", "the token's signature isn't the issuer's")
