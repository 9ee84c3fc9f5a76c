"""The service against its own OpenAPI document: whatever is sent, no fault of ours, no surprise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from pipeline.outcome import Status
from service.models.answers import Processed
from tests.service.conftest import Service

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def document(serve: Service, raw_season_file: Path) -> Any:
    """Over a season in which nothing is computed, and the lane never held long."""
    client = serve(raw_season_file, deadline_seconds=2, chunk_dates=5)
    return schemathesis.openapi.from_asgi("/openapi.json", client.app)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_any_input(document: Any, mode: GenerationMode) -> None:
    """Generated from the document for each operation: what it allows, and what it doesn't."""
    asked: dict[str, set[int]] = {}
    for found in document.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case, codes: set[int]) -> None:
            codes.add(case.call_and_validate(checks=CHECKS).status_code)

        codes = asked.setdefault(operation.label, set())
        try:
            ask(codes=codes)
        except Unsatisfiable:
            continue  # what takes nothing can't be sent anything wrong
    if mode is GenerationMode.NEGATIVE:
        assert {422} == asked["POST /process-date"] == asked["POST /process-range"]
    else:
        assert 200 in asked["POST /process-date"]
        assert 200 in asked["POST /process-range"]


def test_example_of_each_outcome(computed: TestClient) -> None:
    """Under the code that it is answered with, and as the model has it."""
    document = computed.get("/openapi.json").json()
    shown = {
        status: (int(code), example["value"])
        for code, response in document["paths"]["/process-date"]["post"]["responses"].items()
        for status, example in response["content"]["application/json"].get("examples", {}).items()
    }
    assert set(shown) == set(Status)
    for status, (code, value) in shown.items():
        answer = Processed.model_validate(value)
        assert [one.status for one in answer.results] == [status]
        assert (code, answer.status) == {
            Status.FAILED: (503, "failed"),
            Status.REJECTED: (500, "failed"),
            Status.BLOCKED: (424, "blocked"),
            Status.PARTIAL: (200, "completed_with_findings"),
        }.get(status, (200, "completed"))
