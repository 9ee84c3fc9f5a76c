"""Settings: each named fault at once, and nothing that isn't public shown."""

from __future__ import annotations

import os

import pytest

from clients.options import opened as opened_by_commands
from processors.contract import Layer
from processors.errors import UsageError
from service.office import opened
from service.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TIPOFF_")]:
        monkeypatch.delenv(name)


def test_defaults() -> None:
    settings = load_settings()
    assert settings.chunk_dates == 30
    assert settings.deadline_seconds == 480
    assert settings.computes_analytics is True


def test_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPOFF_ALLOWED_EMAILS", "a@x.test, b@x.test,")
    monkeypatch.setenv("TIPOFF_BOOTSTRAP_PLACEHOLDERS", "yes")
    settings = load_settings()
    assert settings.allowed_emails == ("a@x.test", "b@x.test")
    assert settings.bootstrap_placeholders is True


def test_every_fault_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPOFF_CHUNK_DATES", "many")
    monkeypatch.setenv("TIPOFF_AUTH", "maybe")
    monkeypatch.setenv("TIPOFF_WAREHOSE", "duckdb:///x")
    monkeypatch.setenv("TIPOFF_COMPLETION_TOPIC", "secret-topic")
    with pytest.raises(UsageError) as caught:
        load_settings()
    message = caught.value.message
    assert "TIPOFF_CHUNK_DATES='many'" in message
    assert "TIPOFF_AUTH='maybe'" in message
    assert "no setting TIPOFF_WAREHOSE; did you mean TIPOFF_WAREHOUSE?" in message
    assert "TIPOFF_COMPLETION_TOPIC" in message
    assert "secret-topic" not in message


class TestOwnedLayers:
    def test_all(self) -> None:
        assert load_settings().owned_layers == ("raw", "analytics", "precompute", "predictions")

    def test_some(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TIPOFF_OWNED_LAYERS", "analytics, precompute")
        assert load_settings().owned_layers == (Layer.ANALYTICS, Layer.PRECOMPUTE)

    @pytest.mark.parametrize("value", ["", "ops", "precompute,features"])
    def test_refused(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("TIPOFF_OWNED_LAYERS", value)
        with pytest.raises(UsageError, match=f"TIPOFF_OWNED_LAYERS='{value}'"):
            load_settings()


class TestBytes:
    def test_defaults(self) -> None:
        settings = load_settings()
        assert settings.maximum_bytes == 100 * 2**30
        assert settings.cap is None

    def test_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TIPOFF_MAXIMUM_BYTES_BILLED", "2 TB")
        monkeypatch.setenv("TIPOFF_BYTES_CAP", "500GB")
        settings = load_settings()
        assert (settings.maximum_bytes, settings.cap) == (2 * 10**12, 500 * 10**9)

    @pytest.mark.parametrize("value", ["", "0 GB", "12", "much"])
    def test_refused(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("TIPOFF_BYTES_CAP", value)
        with pytest.raises(UsageError, match="write it as 500 GB"):
            load_settings()

    def test_handed_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every job may bill so much, of whoever opens the warehouse."""
        handed: list[object] = []

        def opens(*_: object, maximum_bytes: int | None, **__: object) -> None:
            handed.append(maximum_bytes)
            raise UsageError("enough")

        monkeypatch.setenv("TIPOFF_MAXIMUM_BYTES_BILLED", "3 GB")
        monkeypatch.setattr("service.office.open_warehouse", opens)
        monkeypatch.setattr("clients.options.open_warehouse", opens)
        with pytest.raises(UsageError, match="enough"), opened(load_settings()):
            pass
        with pytest.raises(UsageError, match="enough"):
            opened_by_commands(load_settings(), 1)
        assert handed == [3 * 10**9] * 2


def test_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock's and the opening's are known here, too."""
    monkeypatch.setenv("TIPOFF_NOW", "2024-11-18T09:00:00-05:00")
    monkeypatch.setenv("TIPOFF_EPHEMERAL", "yes")
    load_settings()


def test_shown() -> None:
    shown = Settings(
        warehouse="duckdb:///home/someone/secret.duckdb",
        allowed_emails=("someone@example.com",),
        audience="https://tipoff.example.com",
        chunk_dates=7,
    ).shown()
    assert shown["chunk_dates"] == 7
    assert shown["warehouse"] == shown["allowed_emails"] == shown["audience"] == "set"
    assert shown["project"] == "not set"
    assert "secret" not in str(shown)


def test_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().chunk_dates = 3  # type: ignore[misc]
