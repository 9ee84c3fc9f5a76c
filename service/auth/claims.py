"""What a token's claims must say. The same checks in both modes; only the audience differs."""

from __future__ import annotations

from processors.errors import NotAllowed
from service.auth.modes import GCLOUD_AUDIENCES, AuthSettings, Caller
from service.auth.reading import Json
from service.auth.refusing import unauthenticated

LAST_MOMENT = 2**40  # seconds; beyond it a moment is a mistake
LONGEST_SHOWN = 200


def check_claims(claims: Json, settings: AuthSettings, now: float) -> Caller:
    """The caller that the claims name; raises NotAuthenticated or NotAllowed."""
    _check_issuer(claims, settings)
    _check_times(claims, settings, now)
    email = _email(claims)
    _check_audience(claims, settings, email)
    if email not in settings.allowed_emails:
        raise NotAllowed(
            f"{email!a} isn't on the list of callers, TIPOFF_ALLOWED_EMAILS",
            email=email,
        )
    return Caller(email=email, mode=settings.mode)


def is_service_account(email: str) -> bool:
    return email.endswith(".gserviceaccount.com")


def _check_issuer(claims: Json, settings: AuthSettings) -> None:
    if claims.get("iss") not in settings.issuer:
        wanted = " or ".join(settings.issuer)
        raise unauthenticated(
            "wrong_issuer", f"the token's iss is {_shown(claims, 'iss')}, not {wanted}"
        )


def _check_times(claims: Json, settings: AuthSettings, now: float) -> None:
    skew = settings.skew_seconds
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    starts = max(issued, _moment(claims, "nbf")) if "nbf" in claims else issued
    if now > expires + skew:
        raise unauthenticated(
            "expired", f"the token expired {now - expires:.0f} s ago (exp): fetch a new one"
        )
    if now < starts - skew:
        raise unauthenticated(
            "not_yet_valid",
            f"the token is valid in {starts - now:.0f} s (iat, nbf): compare the clocks",
        )


def _moment(claims: Json, name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 <= value < LAST_MOMENT:  # True is an int to isinstance
        raise unauthenticated("no_moment", f"the token's {name} is no moment in whole seconds")
    return value


def _email(claims: Json) -> str:
    email = claims.get("email")
    if not isinstance(email, str) or not 0 < len(email) <= LONGEST_SHOWN:
        raise unauthenticated(
            "no_email",
            "the token names no e-mail: ask for it with the token (metadata server: format=full; "
            "gcloud: --include-email; IAM credentials API: includeEmail)",
        )
    if claims.get("email_verified") is not True:
        raise unauthenticated(
            "unverified_email", f"the token's e-mail {email!a} isn't verified (email_verified)"
        )
    return email


def _check_audience(claims: Json, settings: AuthSettings, email: str) -> None:
    """Exactly ours; behind Cloud Run a person's may be gcloud's: a person can't choose another."""
    audience = claims.get("aud")
    if isinstance(audience, str):
        if audience == settings.audience:
            return
        if audience in GCLOUD_AUDIENCES:
            _check_gcloud(settings, email)
            return
    raise unauthenticated(
        "wrong_audience",
        f"the token's aud is {_shown(claims, 'aud')}, not {settings.audience!r}: "
        "ask for a token for that audience",
    )


def _check_gcloud(settings: AuthSettings, email: str) -> None:
    if is_service_account(email):
        raise unauthenticated(
            "gcloud_audience",
            f"the token of {email!a} is for gcloud itself: "
            f"ask for one with --audiences={settings.audience}",
        )
    if settings.mode != "platform":
        raise unauthenticated(
            "gcloud_audience",
            f"the token of {email!a} is a person's, from gcloud, and is for gcloud itself: mode "
            f"{settings.mode} can't take it. Run the service in mode platform, behind Cloud Run's "
            "IAM, or come as a service account: gcloud auth print-identity-token "
            f"--impersonate-service-account=<account> --include-email "
            f"--audiences={settings.audience}",
        )


def _shown(claims: Json, name: str) -> str:
    value = claims.get(name)
    if value is None:
        return "missing"
    if not isinstance(value, str):
        return "no single text"
    return ascii(value) if len(value) <= LONGEST_SHOWN else f"a text of {len(value)} characters"
