"""Requests that a browser sends for a page: the page must be ours.

A browser adds what opens the door (a proxy's or a cookie's identity) also when another site's page
asks it to. It says whose page it was; programs say nothing of the kind and are let by.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from processors.errors import NotAllowed
from service.auth.headers import values_of
from service.auth.modes import LOOPBACK_HOSTS

OWN_SITES = frozenset({"same-origin", "none"})  # none: typed or bookmarked, no page asked
BROWSERS_HEADERS = ("origin", "referer", "sec-fetch-site")


def check_browser(headers: Mapping[str, str], *, allowed_hosts: Collection[str]) -> None:
    """Raises NotAllowed where a browser's request doesn't come from a page of allowed_hosts.

    Origin and Host may differ where Sec-Fetch-Site says same-origin: gcloud's proxy for Cloud Run
    listens on localhost and sends the service's Host. Both must be allowed in any case, so that a
    foreign name that was made to point here (DNS rebinding) opens nothing.
    """
    allowed = {one.lower() for one in allowed_hosts}
    said = {name: _one(headers, name) for name in (*BROWSERS_HEADERS, "host")}
    if not any(said[name] is not None for name in BROWSERS_HEADERS):
        return
    host, site = said["host"], said["sec-fetch-site"]
    if host is None or host.lower() not in allowed:
        raise _refused(f"Host {host!a} is none of ours", "host")
    if site is not None and site.lower() not in OWN_SITES:
        raise _refused(f"the page is another site's (Sec-Fetch-Site {site!a})", "sec-fetch-site")
    page, name = said["origin"], "origin"
    if page is None:
        page, name = said["referer"], "referer"
    if page is None:
        return
    origin = _host_of(page)
    if origin is None or origin not in allowed:
        raise _refused(f"the page's host ({name}) is none of ours", name)
    if site is None and origin != host.lower():
        raise _refused(f"the page's host {origin!a} ({name}) isn't the Host {host!a}", name)


def _one(headers: Mapping[str, str], name: str) -> str | None:
    values = values_of(headers, name)
    if len(values) > 1:
        raise _refused(f"{len(values)} {name} headers", name)
    return values[0] if values else None


def _host_of(url: str) -> str | None:
    """host or host:port as Host has it; None for no URL, or plain http from outside."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK_HOSTS):
        return parts.netloc.lower()
    return None


def _refused(what: str, header: str) -> NotAllowed:
    return NotAllowed(
        f"a browser's request that isn't from a page of this service: {what}. Open the page at the "
        "service's own address, or add its host to TIPOFF_ALLOWED_HOSTS",
        header=header,
    )
