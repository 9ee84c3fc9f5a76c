"""The three modes of authentication, what each needs, and where it may run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from processors.errors import UsageError

Mode = Literal["platform", "app", "none"]

GOOGLE_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
GOOGLE_CERTIFICATES = "https://www.googleapis.com/oauth2/v1/certs"  # {key id: X.509 in PEM}

GCLOUD_AUDIENCES = frozenset(
    {
        "32555940559.apps.googleusercontent.com",  # gcloud auth login
        # gcloud auth application-default login
        "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com",
    }
)
"""What gcloud's tokens of a person carry as audience: nobody can choose another there."""

MOST_SKEW_SECONDS = 300
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, kw_only=True)
class AuthSettings:
    """A mode, and what it compares tokens with."""

    mode: Mode
    audience: str | None = None
    allowed_emails: frozenset[str] = frozenset()
    issuer: tuple[str, ...] = GOOGLE_ISSUERS
    certs_url: str = GOOGLE_CERTIFICATES
    skew_seconds: int = 30

    def faults(self) -> list[str]:
        """All that is wrong with these settings. Nothing, and a guard may start with them."""
        if self.mode == "none":
            return []
        found = []
        if self.mode not in ("platform", "app"):
            found.append(f"there is no mode {self.mode!r}: platform, app or none")
        if not self.audience:
            found.append(
                f"mode {self.mode} needs an audience, the service's URL: set TIPOFF_AUDIENCE"
            )
        elif self.audience in GCLOUD_AUDIENCES:
            found.append("the audience is gcloud's own: every person's token carries it")
        if not self.allowed_emails:
            found.append(f"mode {self.mode} lets nobody in: set TIPOFF_ALLOWED_EMAILS")
        found += [
            f"{email!r} in TIPOFF_ALLOWED_EMAILS is no e-mail: write each account in full"
            for email in sorted(self.allowed_emails)
            if not _is_email(email)
        ]
        if not self.issuer or not all(self.issuer):
            found.append("no issuer of tokens is named")
        if not 0 <= self.skew_seconds <= MOST_SKEW_SECONDS:
            found.append(f"a skew of {self.skew_seconds} s: 0 to {MOST_SKEW_SECONDS}")
        if not _is_safe_url(self.certs_url):
            found.append(f"certificates from {self.certs_url!r}: only https, or http on loopback")
        return found


@dataclass(frozen=True)
class Caller:
    """Who asks. In mode none nobody says."""

    email: str | None
    mode: Mode


def refuse_on_cloud_run(settings: AuthSettings, environ: Mapping[str, str]) -> None:
    """Mode none is for a machine of one's own; on Cloud Run it would open the door to everyone."""
    if settings.mode == "none" and "K_SERVICE" in environ:
        raise UsageError(
            f"mode none on Cloud Run (K_SERVICE={environ['K_SERVICE']!r}) would let everyone in: "
            "use platform or app"
        )


def refuse_off_cloud_run(settings: AuthSettings, environ: Mapping[str, str]) -> None:
    """Mode platform trusts what Cloud Run verified; elsewhere anyone could write such a token."""
    if settings.mode == "platform" and "K_SERVICE" not in environ:
        raise UsageError(
            "mode platform outside Cloud Run (K_SERVICE isn't set) would believe any token: "
            "use app, or none on a machine of your own"
        )


def _is_email(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at and "." in domain) and "@" not in domain and not set(text) & set(" *,")


def _is_safe_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    secure = parts.scheme == "https" and bool(parts.hostname)
    return secure or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS)
