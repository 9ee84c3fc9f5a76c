"""From settings to a guard and the hosts at which browsers may post."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from service.auth.guard import Guard
from service.auth.modes import (
    LOOPBACK_HOSTS,
    AuthSettings,
    refuse_off_cloud_run,
    refuse_on_cloud_run,
)
from service.settings import Settings


def guard_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> Guard:
    """The guard that the settings declare; refused where its mode isn't safe."""
    auth = AuthSettings(
        mode=settings.auth,
        audience=settings.audience,
        allowed_emails=frozenset(settings.allowed_emails),
    )
    refuse_on_cloud_run(auth, environ)
    refuse_off_cloud_run(auth, environ)
    return Guard(auth)


def hosts_of(settings: Settings, url: str | None) -> frozenset[str]:
    """Those that are set, the audience's, our own; without a guard loopback's names, too."""
    own = {urlsplit(one).netloc for one in (settings.audience, url) if one}
    port = urlsplit(url).port if url and settings.auth == "none" else None
    local = {f"{host}:{port}" for host in LOOPBACK_HOSTS} if port else set()
    return frozenset({*settings.allowed_hosts, *own, *local})
