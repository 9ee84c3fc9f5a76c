"""Pages of other sites can't make a browser knock here."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from processors.errors import NotAllowed
from service.auth.browser import check_browser

HOST = "tipoff.example.run.app"
LOCAL = "localhost:8080"
OURS = frozenset({HOST, LOCAL})


@pytest.mark.parametrize(
    "headers",
    [
        {"host": HOST},
        {"host": "anything.example"},  # a program; its token is asked for elsewhere
        {},
        {"host": HOST, "origin": f"https://{HOST}"},
        {"host": HOST, "origin": f"https://{HOST}", "sec-fetch-site": "same-origin"},
        {"Host": HOST.upper(), "Origin": f"https://{HOST}"},
        {"host": LOCAL, "origin": f"http://{LOCAL}"},
        {"host": HOST, "sec-fetch-site": "same-origin"},
        {"host": HOST, "sec-fetch-site": "none"},
        {"host": HOST, "referer": f"https://{HOST}/runs?day=2025-11-18"},
        # gcloud run services proxy: the page at localhost, the Host of the service
        {"host": HOST, "origin": f"http://{LOCAL}", "sec-fetch-site": "same-origin"},
    ],
)
def test_passes(headers):
    check_browser(headers, allowed_hosts=OURS)


@pytest.mark.parametrize(
    ("headers", "header"),
    [
        ({"host": HOST, "origin": "https://evil.example"}, "origin"),
        ({"host": HOST, "origin": "null"}, "origin"),
        ({"host": HOST, "origin": ""}, "origin"),
        ({"host": HOST, "origin": "https://[::1"}, "origin"),
        ({"host": HOST, "origin": f"http://{HOST}"}, "origin"),
        ({"host": HOST, "origin": f"ftp://{HOST}"}, "origin"),
        ({"host": HOST, "origin": f"https://{HOST}.evil.example"}, "origin"),
        ({"host": HOST, "origin": f"https://{HOST}@evil.example"}, "origin"),
        ({"host": HOST, "origin": f"https://x@{HOST}"}, "origin"),
        ({"host": HOST, "origin": f"https://{HOST}:8443"}, "origin"),
        ({"host": LOCAL, "origin": "http://localhost:9999"}, "origin"),
        ({"host": HOST, "origin": f"http://{LOCAL}"}, "origin"),  # no word that they are one
        ({"host": HOST, "referer": "https://evil.example/page"}, "referer"),
        ({"host": HOST, "sec-fetch-site": "cross-site"}, "sec-fetch-site"),
        ({"host": HOST, "sec-fetch-site": "same-site"}, "sec-fetch-site"),
        ({"host": HOST, "sec-fetch-site": ""}, "sec-fetch-site"),
        (
            {"host": HOST, "origin": f"https://{HOST}", "sec-fetch-site": "cross-site"},
            "sec-fetch-site",
        ),
        (
            {"host": HOST, "origin": "https://evil.example", "sec-fetch-site": "same-origin"},
            "origin",
        ),
        # DNS rebinding: one foreign name for the page and for us
        ({"host": "evil.example:8080", "origin": "https://evil.example:8080"}, "host"),
        ({"host": "evil.example", "sec-fetch-site": "same-origin"}, "host"),
        ({"origin": f"https://{HOST}"}, "host"),
    ],
)
def test_refused(headers, header):
    with pytest.raises(NotAllowed) as caught:
        check_browser(headers, allowed_hosts=OURS)
    assert caught.value.details == {"header": header}
    assert caught.value.http_status == 403


@pytest.mark.parametrize("name", ["origin", "host", "sec-fetch-site", "referer"])
def test_said_twice(name):
    right = {
        "origin": f"https://{HOST}",
        "host": HOST,
        "sec-fetch-site": "same-origin",
        "referer": f"https://{HOST}/",
    }
    pairs = [*right.items(), (name, right[name])]
    headers = Headers(raw=[(key.encode(), value.encode()) for key, value in pairs])
    with pytest.raises(NotAllowed, match=f"2 {name} headers"):
        check_browser(headers, allowed_hosts=OURS)


def test_no_host_of_ours():
    """Nothing named, no browser comes in."""
    with pytest.raises(NotAllowed):
        check_browser({"host": HOST, "origin": f"https://{HOST}"}, allowed_hosts=())


def test_names_in_any_case():
    check_browser({"host": HOST, "origin": f"https://{HOST}"}, allowed_hosts={HOST.upper()})
