"""The identity to an address: the way that was told, or the first of all that is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from clients.identity.accounts import by_impersonating, from_environment, from_file
from clients.identity.gcloud import from_gcloud
from clients.identity.how import Address, How
from clients.identity.keeping import Identity, Kept, Nobody
from clients.identity.metadata import from_metadata_server
from clients.identity.token import Lacking, Token, Way
from processors.errors import IdentityUnavailable, NotAuthenticated, UsageError

METADATA = ("the metadata server", from_metadata_server)
GCLOUD = ("gcloud", from_gcloud)
ADVICE = (
    "Log in with `gcloud auth login`, or choose a service account (file:KEY.json or"
    " impersonate:ACCOUNT); none, where the service asks for no token."
    " See docs/authentication.md."
)


def identity_for(
    url: str,
    how: How,
    *,
    audience: str | None = None,
    now: Callable[[], float] = time.time,
) -> Identity:
    """Fetches nothing yet; refuses to send a token where others could read it. The audience is the
    address, but where one is told: a revision's own address is none that a token may name."""
    address = Address.parse(url)
    plain = address.local and not address.secret
    if how.kind == "none" or (how.kind == "auto" and plain):
        return Nobody()
    if not (address.secret or address.local):
        raise UsageError(
            f"a token to {address.audience} would go in clear: use https, or none where the"
            " service asks for no token"
        )
    return Kept(Search(audience or address.audience, ways_of(how)).token, now)


def ways_of(how: How) -> list[tuple[str, Way]]:
    if how.kind == "metadata":
        return [METADATA]
    if how.kind == "file":
        return [("the service account", partial(from_file, how.of))]
    if how.kind == "impersonate":
        return [(f"impersonating {how.of}", partial(by_impersonating, how.of))]
    if how.kind == "gcloud":
        return [GCLOUD]
    return [METADATA, ("the service account", from_environment), GCLOUD]


class Search:
    """A way that isn't there is passed over; one that is there and fails ends the search, and one
    that has given a token stays the only one: nobody becomes another in the middle of his work."""

    def __init__(self, audience: str, ways: list[tuple[str, Way]]) -> None:
        self._audience, self._ways = audience, ways
        self._found = False

    def token(self) -> Token:
        tried: list[str] = []
        later = False
        for name, way in self._ways:
            got = way(self._audience)
            if isinstance(got, Token):
                self._ways, self._found = [(name, way)], True
                return got
            tried.append(f"{name}: {got.why}")
            later = self._passing(got)
            if got.kind != "absent":
                break
        reasons = "; ".join(tried)
        if later:
            raise IdentityUnavailable(
                f"No identity token for {self._audience} now. Tried {reasons}. Try again."
            )
        raise NotAuthenticated(f"No identity token for {self._audience}. Tried {reasons}. {ADVICE}")

    def _passing(self, got: Lacking) -> bool:
        return got.kind == "unavailable" or (got.kind == "absent" and self._found)
