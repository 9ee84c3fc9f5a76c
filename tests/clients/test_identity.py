"""An identity: kept, renewed, searched for, and never shown. Ways: test_identity_ways.py."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clients.identity import How, Identity, identity_for
from clients.identity.keeping import EARLY, PAUSE
from processors.errors import IdentityUnavailable, NotAuthenticated, TipoffError, UsageError
from tests.clients.google import CALLER, MACHINE, Google, claims_of, serve_google

URL = "https://tipoff.example.run.app"


@dataclass
class Clock:
    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """The metadata server is there; nothing else is."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with serve_google(tmp_path) as found:
        monkeypatch.setenv("GCE_METADATA_HOST", found.host)
        yield found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def identity(google: Google, clock: Clock) -> Identity:
    return identity_for(URL, How("metadata"), now=clock)


def failing(ask: Callable[[], object]) -> TipoffError:
    with pytest.raises(TipoffError) as raised:
        ask()
    return raised.value


def gcloud_saying(folder: Path, script: str) -> None:
    program = folder / "bin" / "gcloud"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


class TestKept:
    def test_many_threads_share_one_fetch(self, identity: Identity, google: Google) -> None:
        google.pause = 0.2
        with ThreadPoolExecutor(16) as pool:
            said = list(pool.map(lambda _: identity.headers(), range(64)))
        assert len(google.asked) == 1
        assert all(one == {"Authorization": f"Bearer {google.given[0]}"} for one in said)

    def test_fifty_minutes(self, identity: Identity, google: Google, clock: Clock) -> None:
        first = identity.headers()
        clock.now += 50 * 60 - 5
        assert identity.headers() == first
        clock.now += 10
        assert identity.headers() != first
        assert len(google.asked) == 2

    @pytest.mark.parametrize("end", [None, "soon", 1e9, True, 1_000_000_000, 10**30])
    def test_an_end_that_says_nothing_means_fifty_minutes(
        self, identity: Identity, google: Google, clock: Clock, end: object
    ) -> None:
        google.answer = (200, google.token(URL, MACHINE, exp=end))
        identity.headers()
        clock.now += 50 * 60 - 5
        identity.headers()
        assert len(google.asked) == 1
        clock.now += 10
        identity.headers()
        assert len(google.asked) == 2

    def test_a_token_from_a_cache_is_used_for_half_of_what_is_left(
        self, identity: Identity, google: Google, clock: Clock
    ) -> None:
        google.life = EARLY - 120
        first = identity.headers()
        clock.now += google.life / 2 - 5
        assert identity.headers() == first
        clock.now += 10
        assert identity.headers() != first

    def test_a_clock_set_back_keeps_nothing(self, identity: Identity, clock: Clock) -> None:
        first = identity.headers()
        clock.now -= 7200
        assert identity.headers() != first

    def test_renewed_once_for_all_that_were_refused(
        self, identity: Identity, google: Google
    ) -> None:
        refused = identity.headers()
        with ThreadPoolExecutor(8) as pool:

            def again(_: int) -> dict[str, str]:
                identity.renew(refused)
                return identity.headers()

            said = list(pool.map(again, range(32)))
        assert all(one == said[0] != refused for one in said)
        assert len(google.asked) == 2

    def test_an_early_fetch_may_fail_until_the_token_ends(
        self, identity: Identity, google: Google, clock: Clock
    ) -> None:
        first = identity.headers()
        google.answer = (503, "")
        clock.now += 51 * 60
        assert identity.headers() == identity.headers() == first
        assert len(google.asked) == 2, "not tried again at once"
        clock.now += PAUSE
        assert identity.headers() == first
        assert len(google.asked) == 3
        google.answer = None
        clock.now += PAUSE
        assert identity.headers() != first

    def test_a_token_past_its_end_or_refused_is_not_sent(
        self, identity: Identity, google: Google, clock: Clock
    ) -> None:
        first = identity.headers()
        google.answer = (503, "")
        identity.renew(first)
        assert "it answered 503" in failing(identity.headers).message
        google.answer = None
        clock.now += PAUSE
        identity.headers()
        google.answer = (503, "")
        clock.now += 3601
        assert isinstance(failing(identity.headers), IdentityUnavailable)

    def test_threads_share_a_failure(self, identity: Identity, google: Google) -> None:
        google.answer, google.pause = (503, ""), 0.2
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda _: failing(identity.headers), range(16)))
        assert len(google.asked) == 1
        assert len({id(one) for one in said}) == 16, "each thread its own error"
        assert {one.message for one in said} == {
            f"No identity token for {URL} now. Tried the metadata server: it answered 503."
            " Try again."
        }


class TestSearch:
    def test_the_metadata_server_is_first(self, google: Google, tmp_path: Path) -> None:
        gcloud_saying(tmp_path, "echo wrong")
        said = claims_of(identity_for(f"{URL}/", How("auto")).headers())
        assert (said["aud"], said["email"]) == (URL, MACHINE)

    def test_then_the_key_of_the_environment(
        self, google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:1")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.key_file(tmp_path)))
        gcloud_saying(tmp_path, "echo wrong")
        said = claims_of(identity_for(URL, How("auto")).headers())
        assert (said["aud"], said["email"]) == (URL, CALLER)

    def test_then_gcloud(self, google: Google, tmp_path: Path) -> None:
        google.headers = {}  # a proxy that answers everything isn't a metadata server
        token = google.token(URL, "ada@example.com")
        gcloud_saying(tmp_path, f"echo {token}")
        assert identity_for(URL, How("auto")).headers() == {"Authorization": f"Bearer {token}"}

    def test_nothing_there(self, monkeypatch: pytest.MonkeyPatch, google: Google) -> None:
        monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:1")
        error = failing(identity_for(URL, How("auto")).headers)
        assert isinstance(error, NotAuthenticated)
        assert error.message == (
            f"No identity token for {URL}. Tried the metadata server: no answer at 127.0.0.1:1"
            " (ConnectError); the service account: GOOGLE_APPLICATION_CREDENTIALS isn't set;"
            " gcloud: it isn't installed. Log in with `gcloud auth login`, or choose a service"
            " account (file:KEY.json or impersonate:ACCOUNT); none, where the service asks for no"
            " token. See docs/authentication.md."
        )

    def test_who_is_there_and_fails_is_not_passed_over(
        self, google: Google, tmp_path: Path
    ) -> None:
        google.answer = (503, "")
        gcloud_saying(tmp_path, f"echo {google.token(URL, 'ada@example.com')}")
        error = failing(identity_for(URL, How("auto")).headers)
        assert isinstance(error, IdentityUnavailable)
        assert "gcloud" not in error.message

    def test_nobody_becomes_another(
        self, google: Google, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        identity = identity_for(URL, How("auto"), now=clock)
        identity.headers()
        gcloud_saying(tmp_path, f"echo {google.token(URL, 'ada@example.com')}")
        monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:1")
        clock.now += 3601
        assert isinstance(failing(identity.headers), IdentityUnavailable)


class TestAddress:
    @pytest.mark.parametrize(
        "url", ["http://localhost:8080", "http://127.0.0.1:1/", "http://[::1]"]
    )
    def test_none_on_this_machine(self, url: str, google: Google) -> None:
        identity = identity_for(url, How("auto"))
        assert identity.headers() == {}
        identity.renew({})
        assert identity.headers() == {}
        assert google.asked == []

    def test_unless_told(self, google: Google) -> None:
        said = claims_of(identity_for("http://localhost:8080/", How("metadata")).headers())
        assert said["aud"] == "http://localhost:8080"

    def test_none_everywhere(self) -> None:
        assert identity_for("http://10.0.0.5:8080", How("none")).headers() == {}

    @pytest.mark.parametrize("how", ["auto", "metadata", "file:/key", "impersonate:a@b", "gcloud"])
    @pytest.mark.parametrize("host", ["10.0.0.5:8080", "localhost.example.com", "127.0.0.1.nip.io"])
    def test_no_token_in_clear(self, how: str, host: str) -> None:
        with pytest.raises(UsageError, match="would go in clear: use https"):
            identity_for(f"http://{host}", How.parse(how))

    @pytest.mark.parametrize(
        "url", ["tipoff.example", "ftp://x", "https://", "https://[::1", "https://x:port", ""]
    )
    def test_no_address(self, url: str) -> None:
        with pytest.raises(UsageError, match="is no address of a service"):
            identity_for(url, How("auto"))

    def test_a_password_in_it_is_not_repeated(self) -> None:
        error = failing(lambda: identity_for("https://ada:hunter2@x.example", How("auto")))
        assert error.message == "the address of x.example holds a user or password: leave them out"

    @pytest.mark.parametrize("text", ["", "file", "file:", "impersonate:", "gcloud:x", "Auto", "x"])
    def test_no_way(self, text: str) -> None:
        with pytest.raises(UsageError, match="is no way to an identity: say one of auto, none"):
            How.parse(text)

    def test_a_path_may_hold_a_colon(self) -> None:
        assert How.parse("file:C:/key.json") == How("file", "C:/key.json")
