"""The issuer, one for each test: its keys are made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service.auth.issuer import Issuer, make_key, serve


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve(one=make_key(1)) as found:
        yield found
