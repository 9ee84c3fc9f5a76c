"""The metadata server's token: what a program on Cloud Run, GCE or GKE has without asking anyone.

Asked directly: google-auth looks three times for three seconds whether it is there, 12 s in all
where nothing answers, and its limits can only be set before it is imported.
"""

from __future__ import annotations

import os

from clients.identity.token import Lacking, Token, token_of

ADDRESS = "169.254.169.254"
"""By number: looking up a name that isn't there can take half a minute."""
PATH = "/computeMetadata/v1/instance/service-accounts/default/identity"
FLAVOR = {"Metadata-Flavor": "Google"}
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 3.0


def from_metadata_server(audience: str) -> Token | Lacking:
    import httpx  # takes its time to load

    host = os.environ.get("GCE_METADATA_HOST") or ADDRESS
    try:
        answer = httpx.get(
            f"http://{host}{PATH}",
            params={"audience": audience, "format": "full"},
            headers=FLAVOR,
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,  # no proxy knows this address
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Lacking(kind="absent", why=f"no answer at {host} ({type(error).__name__})")
    if answer.headers.get("metadata-flavor") != "Google":
        return Lacking(kind="absent", why=f"what answers at {host} isn't one")
    if answer.status_code == httpx.codes.OK:
        return token_of(answer.text.strip())
    if answer.status_code == httpx.codes.NOT_FOUND:
        return Lacking(kind="absent", why="this machine has no service account")
    later = answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error
    why = f"it answered {answer.status_code}"
    return Lacking(kind="unavailable" if later else "refused", why=why)
