"""Every code of docs/errors.md is what the door answers with, and there is no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from league.importing.errors import ImportRefused, MappingError
from processors.errors import TipoffError
from service.app import HTTP_CODES, answer_to
from service.errors_page import errors_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "errors.md").read_text()
ROWS = {
    code: (int(status), retry == "helps")
    for code, status, retry in re.findall(r"^\| `(\w+)` \| (\d+) \| (\S+) \|", PAGE, re.MULTILINE)
}
ERRORS = list(errors_of(TipoffError))


def test_all_and_no_other() -> None:
    assert {ImportRefused, MappingError} <= set(ERRORS)
    codes = [one.code for one in ERRORS] + list(HTTP_CODES.values())
    assert sorted(codes) == sorted(ROWS)


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: one.code)
def test_answer(error: type[TipoffError]) -> None:
    answer = answer_to(error("what happened, and what to do", field="value"))
    said = json.loads(bytes(answer.body))
    assert said["error"] == error.code
    assert ROWS[error.code] == (answer.status_code, said["retryable"])
    assert ("retry-after" in answer.headers) == said["retryable"]
    assert said["message"] == "what happened, and what to do"
    assert (error.__doc__ or "").strip()
