"""Range and idempotence: what depends on the dates computed with it is caught and named."""

from __future__ import annotations

import json
from datetime import date

import pytest

from clients import options
from clients.command import execute
from pipeline.audit.repetition import audit_idempotence, audit_range
from pipeline.audit.verdict import Word
from pipeline.run import Pipeline
from tests.pipeline.audit.plants import BARE_DOORS, Plant, exchanged, plant

ZONES = "nba_precompute.player_shot_zone_analysis"
DAYS = [date(2026, 1, day) for day in (14, 15, 16)]
YESTERDAYS_SHOTS = Plant(
    ZONES,
    (
        exchanged(
            "shots_last_10 AS total_shots_last_10",
            "LAG(shots_last_10, 1, shots_last_10)"
            " OVER (PARTITION BY player_lookup ORDER BY analysis_date) AS total_shots_last_10",
        ),
    ),
)
"""A value of the date before, as far as that date is computed in the same pass."""
DOUBLED_SHOTS = Plant(
    ZONES,
    (
        exchanged(
            "shots_last_10 AS total_shots_last_10", "2 * shots_last_10 AS total_shots_last_10"
        ),
    ),
)


class TestRange:
    def test_an_honest_table_passes(self, pipeline: Pipeline) -> None:
        assert {one.word for one in audit_range(pipeline, [ZONES], DAYS)} == {Word.PASSED}

    def test_a_window_over_the_dates_of_the_range(self, pipeline: Pipeline) -> None:
        leaky = plant(pipeline, YESTERDAYS_SHOTS, DAYS[0])
        first, *others = audit_range(leaky, [ZONES], DAYS)
        assert first.word is Word.PASSED
        for verdict in others:
            assert verdict.word is Word.FAILED
            named = verdict.evidence["differing"]["range against single"]
            assert named["columns"] == ["total_shots_last_10"]
            assert named["rows"]["changed"] > 0
            assert f"total_shots_last_10 of {verdict.day} " in verdict.reason

    @pytest.mark.parametrize("name", BARE_DOORS)
    def test_a_bare_door(self, name: str, pipeline: Pipeline) -> None:
        """The pruning keeps a date's own games from it while nothing later is computed with it."""
        planted = BARE_DOORS[name]
        leaky = plant(pipeline, planted, DAYS[0])
        *others, last = audit_range(leaky, [planted.table], DAYS)
        assert [one.word for one in others] == [Word.FAILED] * len(others)
        assert last.word is Word.PASSED

    def test_the_command(
        self,
        pipeline: Pipeline,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        leaky = plant(pipeline, YESTERDAYS_SHOTS, DAYS[0])
        pipeline.warehouse.close()
        monkeypatch.setattr(options, "load", lambda: leaky.registry)
        dates = ["--start", str(DAYS[0]), "--end", str(DAYS[-1])]
        asked = ["--warehouse", pipeline.warehouse.address, "--tables", ZONES, "--json"]
        assert execute(["audit", "range", *dates, *asked]) == 1
        words = [one["verdict"] for one in json.loads(capsys.readouterr().out)["verdicts"]]
        assert words == ["passed", "failed", "failed"]


class TestIdempotence:
    def test_an_honest_table_passes(self, pipeline: Pipeline) -> None:
        assert {one.word for one in audit_idempotence(pipeline, [ZONES], DAYS)} == {Word.PASSED}

    def test_rows_of_other_code_are_named(self, pipeline: Pipeline) -> None:
        plant(pipeline, DOUBLED_SHOTS, DAYS[0])
        first, *others = audit_idempotence(pipeline, [ZONES], DAYS)
        assert first.word is Word.FAILED
        assert first.evidence["differing"]["stored"]["columns"] == ["total_shots_last_10"]
        assert {one.word for one in others} == {Word.PASSED}
