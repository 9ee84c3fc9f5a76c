"""What each mode needs before it starts, and where it may not run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from processors.errors import NotAllowed, UsageError
from service.auth.claims import check_claims
from service.auth.guard import Guard
from service.auth.modes import (
    GCLOUD_AUDIENCES,
    AuthSettings,
    Caller,
    refuse_off_cloud_run,
    refuse_on_cloud_run,
)
from tests.service.auth.issuer import AUDIENCE, MACHINE, PERSON, claims

RIGHT = {"audience": AUDIENCE, "allowed_emails": frozenset({MACHINE, PERSON})}


class TestFaults:
    @pytest.mark.parametrize("mode", ["platform", "app"])
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"audience": None}, "needs an audience"),
            ({"audience": ""}, "needs an audience"),
            ({"audience": min(GCLOUD_AUDIENCES)}, "gcloud's own"),
            ({"allowed_emails": frozenset()}, "lets nobody in"),
            ({"allowed_emails": frozenset({""})}, "'' in TIPOFF_ALLOWED_EMAILS"),
            (
                {"allowed_emails": frozenset({"*@example.com"})},
                "'*@example.com' in TIPOFF_ALLOWED_EMAILS",
            ),
            (
                {"allowed_emails": frozenset({"a@b.example,c@d.example"})},
                "in TIPOFF_ALLOWED_EMAILS",
            ),
            (
                {"allowed_emails": frozenset({"example.com"})},
                "'example.com' in TIPOFF_ALLOWED_EMAILS",
            ),
            ({"issuer": ()}, "no issuer"),
            ({"issuer": ("",)}, "no issuer"),
            ({"skew_seconds": -1}, "-1 s"),
            ({"skew_seconds": 3600}, "3600 s"),
            ({"certs_url": "http://certs.example/v1"}, "only https"),
            ({"certs_url": "http://127.0.0.1.evil.example/"}, "only https"),
            ({"certs_url": "file:///etc/certs"}, "only https"),
            ({"certs_url": "https:///v1"}, "only https"),
            ({"certs_url": "http://[::1"}, "only https"),
        ],
    )
    def test_refused(self, mode, change, words):
        with pytest.raises(UsageError, match="authentication can't start") as caught:
            Guard(AuthSettings(mode=mode, **RIGHT | change))
        assert words in caught.value.message

    def test_unknown_mode(self):
        with pytest.raises(UsageError, match="no mode 'open'"):
            Guard(AuthSettings(mode="open", **RIGHT))

    def test_all_at_once(self):
        assert len(AuthSettings(mode="app", skew_seconds=-1).faults()) == 3

    @pytest.mark.parametrize("mode", ["platform", "app"])
    def test_none(self, mode):
        assert AuthSettings(mode=mode, **RIGHT).faults() == []

    def test_an_empty_list_lets_nobody_in(self):
        """Also where a guard was made past the check at the start."""
        settings = AuthSettings(mode="app", audience=AUDIENCE)
        with pytest.raises(NotAllowed):
            check_claims(claims(), settings, now=claims()["iat"] + 1)


class TestNone:
    def test_everyone(self):
        guard = Guard(AuthSettings(mode="none"))
        for headers in ({}, {"authorization": "Bearer garbage"}):
            assert guard.check(headers) == Caller(email=None, mode="none")

    def test_not_on_cloud_run(self):
        with pytest.raises(UsageError, match="K_SERVICE='tipoff'"):
            refuse_on_cloud_run(AuthSettings(mode="none"), {"K_SERVICE": "tipoff"})

    def test_not_even_with_an_empty_name(self):
        with pytest.raises(UsageError):
            refuse_on_cloud_run(AuthSettings(mode="none"), {"K_SERVICE": ""})

    def test_elsewhere(self):
        refuse_on_cloud_run(AuthSettings(mode="none"), {"PORT": "8080"})

    @pytest.mark.parametrize("mode", ["platform", "app"])
    def test_others_on_cloud_run(self, mode):
        refuse_on_cloud_run(AuthSettings(mode=mode, **RIGHT), {"K_SERVICE": "tipoff"})


class TestPlatform:
    def test_not_off_cloud_run(self):
        with pytest.raises(UsageError, match="would believe any token"):
            refuse_off_cloud_run(AuthSettings(mode="platform", **RIGHT), {"PORT": "8080"})

    def test_on_cloud_run(self):
        refuse_off_cloud_run(AuthSettings(mode="platform", **RIGHT), {"K_SERVICE": "tipoff"})

    @pytest.mark.parametrize("mode", ["none", "app"])
    def test_others_off_cloud_run(self, mode):
        refuse_off_cloud_run(AuthSettings(mode=mode, **RIGHT), {})


@pytest.mark.parametrize("mode", ["platform", "app", "none"])
def test_the_door_opens_without_google(mode):
    """google-auth and requests are imported when the first token is verified, not at the start."""
    code = (
        "import sys; from service.auth.guard import Guard; import service.auth.browser; "
        "from service.auth.modes import AuthSettings; "
        f"Guard(AuthSettings(mode={mode!r}, audience='a', allowed_emails=frozenset({{'a@b.c'}}))); "
        "print(sorted({'google.auth', 'requests', 'cryptography'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
