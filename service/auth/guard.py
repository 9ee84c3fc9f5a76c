"""The guard at the door: from a request's headers to who asks, or to a refusal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from processors.errors import UsageError
from service.auth.certificates import Certificates, FetchCerts, fetch_certs
from service.auth.claims import check_claims
from service.auth.headers import bearer_token
from service.auth.modes import AuthSettings, Caller
from service.auth.reading import read_token
from service.auth.verifying import verify_signature


class Guard:
    """One mode, declared once. Can be asked from several threads."""

    def __init__(
        self,
        settings: AuthSettings,
        *,
        now: Callable[[], float] = time.time,
        fetch_certs: FetchCerts = fetch_certs,
    ) -> None:
        faults = settings.faults()
        if faults:
            raise UsageError("authentication can't start: " + "; ".join(faults), faults=faults)
        self._settings, self._now = settings, now
        self._certificates = Certificates(settings.certs_url, now, fetch_certs)

    def check(self, headers: Mapping[str, str]) -> Caller:
        """Who asks. Raises NotAuthenticated, NotAllowed or, where it can't be told, a 503."""
        mode = self._settings.mode
        if mode == "none":
            return Caller(email=None, mode=mode)
        token = read_token(bearer_token(headers, mode))
        if mode == "app":
            verify_signature(token, self._certificates)
        return check_claims(token.claims, self._settings, self._now())
