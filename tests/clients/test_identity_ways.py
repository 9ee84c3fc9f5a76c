"""Each way to a token, and that none of them shows it. Google's real endpoints aren't asked."""

from __future__ import annotations

import json
import logging
import shutil
import socket
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.identity import How, identity_for
from clients.identity import gcloud as gcloud_way
from processors.errors import IdentityUnavailable, NotAuthenticated
from tests.clients.google import ACCESS, CALLER, IAM, MACHINE, Google, claims_of, serve_google
from tests.clients.test_identity import URL, failing, gcloud_saying

GCLOUD = shutil.which("gcloud")
PERSON = """
for word; do case $word in --audiences*)
echo 'ERROR: (gcloud.auth.print-identity-token) Invalid account type for `--audiences`. \
Requires valid service account.' >&2; exit 1;; esac; done
"""


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """All of it: IAM through a proxy that has a certificate of its name."""
    with serve_google(tmp_path) as found:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("HTTPS_PROXY", found.url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "iam.pem"))
        monkeypatch.setenv("GCE_METADATA_HOST", found.host)
        key = str(found.key_file(tmp_path))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", key)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
        yield found


def why(how: str) -> str:
    error = failing(identity_for(URL, How.parse(how)).headers)
    return error.message.partition("Tried ")[2]


class TestMetadata:
    def test_a_machine_without_an_account(self, google: Google) -> None:
        google.answer = (404, "")
        assert why("metadata").startswith(
            "the metadata server: this machine has no service account"
        )

    @pytest.mark.parametrize("status", [403, 429, 500])
    def test_refusals(self, google: Google, status: int) -> None:
        google.answer = (status, "")
        error = failing(identity_for(URL, How("metadata")).headers)
        assert isinstance(error, NotAuthenticated if status == 403 else IdentityUnavailable)
        assert f"it answered {status}" in error.message

    @pytest.mark.parametrize(
        "text", ["", "<html>", "a.b", "a.b.c\nX-Header: 1", "a.b." + "c" * 8190]
    )
    def test_what_is_no_token_is_not_sent(self, google: Google, text: str) -> None:
        google.answer = (200, text)
        assert "what it answered isn't an identity token" in why("metadata")

    def test_a_laptop_waits_three_seconds_at_most(
        self, google: Google, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """google-auth would wait twelve."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setenv("GCE_METADATA_HOST", f"127.0.0.1:{silent.getsockname()[1]}")
            start = time.monotonic()
            assert "(ReadTimeout)" in why("metadata")
            assert time.monotonic() - start < 6


class TestServiceAccount:
    def test_its_key(self, google: Google, tmp_path: Path) -> None:
        said = claims_of(identity_for(URL, How("file", str(tmp_path / "key.json"))).headers())
        assert (said["aud"], said["email"]) == (URL, CALLER)
        assert google.asked == ["/token"]

    def test_what_google_says_of_it(self, google: Google, tmp_path: Path) -> None:
        said = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        google.answer = (400, json.dumps(said))
        assert "invalid_grant: Invalid JWT Signature. " in why(f"file:{tmp_path / 'key.json'}")

    @pytest.mark.parametrize(
        "answer", ["<html>", '{"token_type": "x"}', '{"id_token": "a.b"}', "[]"]
    )
    def test_another_answer(self, google: Google, tmp_path: Path, answer: str) -> None:
        google.answer = (200, answer)
        error = failing(identity_for(URL, How("file", str(tmp_path / "key.json"))).headers)
        assert isinstance(error, NotAuthenticated)
        assert "a.b" not in error.message

    def test_nobody_at_its_endpoint(self, google: Google, tmp_path: Path) -> None:
        path = google.key_file(tmp_path, token_uri="http://127.0.0.1:1/token")  # noqa: S106
        error = failing(identity_for(URL, How("file", str(path))).headers)
        assert isinstance(error, IdentityUnavailable)
        assert "Google can't be asked (ConnectionError)" in error.message

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            (
                {"private_key": "-----BEGIN PRIVATE KEY-----\nsecret\n"},
                "can't be read (ValueError)",
            ),
            ({"token_uri": "http://10.0.0.5/token"}, "can't be read (ValueError)"),
            ({"token_uri": "oauth2.googleapis.com"}, "can't be read (UsageError)"),
            ({"type": "authorized_user"}, "is no service account's"),
        ],
    )
    def test_a_wrong_key(
        self, google: Google, tmp_path: Path, changes: dict[str, str], said: str
    ) -> None:
        found = why(f"file:{google.key_file(tmp_path, **changes)}")
        assert said in found
        assert "secret" not in found
        assert google.asked == []

    def test_no_file(self, tmp_path: Path) -> None:
        assert "none.json can't be read (No such file" in why(f"file:{tmp_path / 'none.json'}")
        (tmp_path / "text.json").write_text("secret")
        assert "text.json isn't JSON" in why(f"file:{tmp_path / 'text.json'}")


class TestImpersonation:
    def test_with_leave(self, google: Google) -> None:
        said = claims_of(identity_for(URL, How("impersonate", MACHINE)).headers())
        assert (said["aud"], said["email"]) == (URL, MACHINE)
        path = f"/v1/projects/-/serviceAccounts/{MACHINE}:generateIdToken"
        assert [one for one in google.asked if "allowedLocations" not in one] == ["/token", path]

    def test_by_a_file_that_says_so(self, google: Google, tmp_path: Path) -> None:
        source = json.loads((tmp_path / "key.json").read_text())
        path = tmp_path / "impersonated.json"
        url = f"https://{IAM}/v1/projects/-/serviceAccounts/{MACHINE}:generateAccessToken"
        info = {"source_credentials": source, "service_account_impersonation_url": url}
        path.write_text(json.dumps(info | {"type": "impersonated_service_account"}))
        said = claims_of(identity_for(URL, How("file", str(path))).headers())
        assert (said["aud"], said["email"]) == (URL, MACHINE)

    def test_without_leave(self, google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
        denied = "Permission 'iam.serviceAccounts.getOpenIdToken' denied on resource"
        refusal = (403, json.dumps({"error": {"code": 403, "message": denied}}))
        monkeypatch.setattr(google, "generate", lambda *_: refusal)
        assert denied in why(f"impersonate:{MACHINE}")

    def test_nobody_to_do_it(self, google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")
        assert "File /nowhere.json was not found" in why(f"impersonate:{MACHINE}")


class TestGcloud:
    def test_a_service_account_is_asked_for_the_audience(
        self, google: Google, tmp_path: Path
    ) -> None:
        token = google.token(URL, CALLER)
        wanted = f"auth print-identity-token --audiences={URL}"
        gcloud_saying(tmp_path, f'[ "$*" = "{wanted}" ] && echo {token}')
        assert identity_for(URL, How("gcloud")).headers() == {"Authorization": f"Bearer {token}"}

    def test_a_person_is_not(self, google: Google, tmp_path: Path) -> None:
        token = google.token("32555940559.apps.googleusercontent.com", "ada@example.com")
        gcloud_saying(tmp_path, f"{PERSON}\necho {token}")
        assert identity_for(URL, How("gcloud")).headers() == {"Authorization": f"Bearer {token}"}

    def test_failures(
        self, google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gcloud_saying(tmp_path, "echo ERROR: Reauthentication failed. >&2; exit 1")
        assert "gcloud: Reauthentication failed. Log in with `gcloud auth login`" in why("gcloud")
        gcloud_saying(tmp_path, "exit 7")
        assert "gcloud: it ended with 7. " in why("gcloud")
        gcloud_saying(tmp_path, "printf '\\377'")
        assert "gcloud: it can't be run (UnicodeDecodeError). " in why("gcloud")
        gcloud_saying(tmp_path, "exec sleep 60")
        monkeypatch.setattr(gcloud_way, "SECONDS", 0.2)
        assert "gcloud: it said nothing in 0.2 s. Try again." in why("gcloud")

    @pytest.mark.skipif(GCLOUD is None, reason="gcloud isn't installed")
    def test_the_real_one_without_an_account(
        self, google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "nobody"))
        monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:1")  # gcloud asks it for an account
        assert why("gcloud").startswith(
            "gcloud: (gcloud.auth.print-identity-token) You do not currently have an active account"
            " selected. Log in with `gcloud auth login`"
        )


class TestSecrecy:
    @pytest.mark.parametrize("kind", ["metadata", "file", "impersonate", "gcloud"])
    def test_no_token_in_a_log_or_a_repr(
        self, google: Google, tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        if kind == "gcloud":
            gcloud_saying(tmp_path, f"echo {google.token(URL, CALLER)}")
        of = {"file": str(tmp_path / "key.json"), "impersonate": MACHINE}.get(kind, "")
        loggers = [
            logging.getLogger(name) for name in ("", "google", "urllib3", "httpx", "httpcore")
        ]
        levels = [one.level for one in loggers]
        for one in loggers:
            one.setLevel(logging.DEBUG)
        try:
            identity = identity_for(URL, How(kind, of))  # type: ignore[arg-type]
            token = identity.headers()["Authorization"].removeprefix("Bearer ")
        finally:
            for one, level in zip(loggers, levels, strict=True):
                one.setLevel(level)
        logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
        shown = f"{identity!r} {identity!s} {vars(identity)!r} {logged}"
        for secret in (token, token.rpartition(".")[0], ACCESS, "assertion=", "PRIVATE KEY"):
            assert secret not in shown
        assert kind == "gcloud" or logged

    @pytest.mark.parametrize("kind", ["metadata", "file", "gcloud"])
    @pytest.mark.parametrize("status", [200, 400])
    def test_no_token_in_an_error(
        self, google: Google, tmp_path: Path, kind: str, status: int
    ) -> None:
        token = google.token(URL, CALLER)
        google.answer = (status, f"token: {token}.more")
        gcloud_saying(
            tmp_path, f"echo {token} {token}; echo ERROR: {token} >&2; exit {status // 400}"
        )
        of = str(tmp_path / "key.json") if kind == "file" else ""
        error = failing(identity_for(URL, How(kind, of)).headers)  # type: ignore[arg-type]
        parts = [part for part in token.split(".") if len(part) > 30]
        while error is not None:
            shown = f"{''.join(traceback.format_exception(error))} {vars(error)!r} {error.args!r}"
            assert not any(part in shown for part in parts)
            error = error.__cause__ or error.__context__  # type: ignore[assignment]
