"""The other half of the season's sample: all tables are blind to what they may not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.audit.season import DATES, assert_blind


@pytest.mark.parametrize("number", range(1, DATES, 2))
def test_date_is_blind(number: int, computed_season_file: Path) -> None:
    assert_blind(computed_season_file, number)
