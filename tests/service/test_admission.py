"""Admission: which addresses are guarded, and in which order things are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from processors.errors import UsageError
from service.admission import PUBLIC
from service.office import opened
from service.settings import Settings
from tests.service.conftest import Service

GUARDED = {
    "auth": "app",
    "audience": "https://tipoff.example.com",
    "allowed_emails": ("push@project.iam.gserviceaccount.com",),
}


@pytest.fixture(scope="module")
def guarded(serve: Service, raw_season_file: Path) -> TestClient:
    return serve(raw_season_file, **GUARDED)


def routes(client: TestClient) -> list[tuple[str, str]]:
    document = client.app.openapi()  # type: ignore[attr-defined]
    return [(method, path) for path, of in document["paths"].items() for method in of]


def test_every_address_but_the_public(guarded: TestClient) -> None:
    """Taken from the application's own document: a new route is guarded, too."""
    found = {}
    for method, path in routes(guarded):
        answer = guarded.request(method, path.replace("{day}", "2026-01-15"))
        found[path] = answer.status_code
    assert {path for path, code in found.items() if code != 401} == PUBLIC
    assert {found[path] for path in PUBLIC} == {200}


@pytest.mark.parametrize(
    "path", ["/nothing-here", "/docs", "/openapi.json", "/healthz/", "//healthz"]
)
def test_what_is_not_there_neither(guarded: TestClient, path: str) -> None:
    assert guarded.get(path, follow_redirects=False).status_code == 401


def test_who_before_what(guarded: TestClient) -> None:
    """A stranger isn't told what is wrong with his body."""
    answer = guarded.post("/process-date", content=b"{")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["error"] == "not_authenticated"


def test_public_tells_nothing(guarded: TestClient) -> None:
    told = "".join(guarded.get(path).text for path in PUBLIC)
    assert "example.com" not in told
    assert "gserviceaccount" not in told
    assert ".duckdb" not in told


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 200),
        ({"origin": "https://evil.test"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://testserver"}, 403),
    ],
)
def test_browsers(
    serve: Service, raw_season_file: Path, headers: dict[str, str], code: int
) -> None:
    """Another site's page can't make a browser post here, whatever the mode."""
    client = serve(raw_season_file)
    body: dict[str, Any] = {"analysis_date": "2026-01-15", "dry_run": True}
    assert client.post("/process-date", json=body, headers=headers).status_code == code
    assert client.get("/plan?start=2026-01-15", headers=headers).status_code == 200


def test_none_on_cloud_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("K_SERVICE", "tipoff")
    monkeypatch.setenv("TIPOFF_EPHEMERAL", "yes")
    settings = Settings(warehouse=f"duckdb://{tmp_path}/x.duckdb")
    with pytest.raises(UsageError, match="would let everyone in"), opened(settings):
        pass
