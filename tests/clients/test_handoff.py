"""`tipoff handoff`: a page that is true, short, and knows when the last one was written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.clock import wall_clock
from pipeline.coverage import Coverage
from pipeline.handoff import Handoff, Published, Reason, read_handoff, reasons
from pipeline.handoff_page import page_of, percent, written_at
from pipeline.history import RunSeen
from pipeline.ledger import RUNS, Event, new_run_id, run_row
from pipeline.run import Pipeline
from tests.clients.serving import say, serving
from tests.pipeline.small import GAMES, TEAM_FORM, ask, by_hand, correct, day, league, run

DAY = date(2026, 1, 15)


@pytest.fixture
def path(computed_season_file: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, copy)
    return copy


def section(page: str, heading: str) -> list[str]:
    """The lines under a heading."""
    lines = page.split(f"## {heading}\n")[1].split("\n\n")[0]
    return lines.splitlines()


def page(pipeline: Pipeline, since: datetime | None = None) -> str:
    return page_of(read_handoff(pipeline, since))


class TestPage:
    def test_nothing_to_do(self) -> None:
        pipeline = league(20).pipeline()
        run(pipeline, 0, 19)
        found = page(pipeline)
        assert section(found, "Running") == ["- nothing"]
        assert "- runs: 1" in section(found, "Changed since")[0]
        by_design = section(found, "Coverage")[-1]
        assert "and 6 more: 6 of 6 processable = 100 %; 6 of 6 games" in by_design
        assert by_design.endswith("; 14 bootstrap by design")
        assert "player_game_summary" in section(found, "Coverage")[1]
        assert ": 20 of 20 processable = 100 %; 20 of 20 games" in section(found, "Coverage")[1]

    def test_failed_by_reason(self) -> None:
        small = league(6)
        for game in ("g2", "g3"):
            small.drop_boxes(game)
        pipeline = small.pipeline()
        run(pipeline, 0, 5)
        found = page(pipeline)
        (games,) = [
            line
            for line in section(found, "Tried and not done")
            if "player_game_summary" in line and "player_boxscores" in line
        ]
        # Two sentences that differ in a date alone are one reason.
        assert games.startswith(
            f"- blocked: player_game_summary, 2 dates from {day(2)} to {day(3)}"
        )
        assert section(found, "Next")[1] == "tipoff import DIR"
        assert section(found, "Next")[2].startswith(f"tipoff run --start {day(2)}")

    def test_what_was_mended_is_not_said(self) -> None:
        small = league(4)
        boxes = small.raw["nba_raw.player_boxscores"]
        small.drop_boxes("g2")
        pipeline = small.pipeline()
        run(pipeline, 0, 3, "player_game_summary")
        assert "player_game_summary" in "".join(section(page(pipeline), "Tried and not done"))
        correct(pipeline, "nba_raw.player_boxscores", boxes)
        run(pipeline, 0, 3, "player_game_summary")
        assert "player_game_summary" not in "".join(section(page(pipeline), "Tried and not done"))

    def test_stale_and_why(self) -> None:
        pipeline = league(6).pipeline()
        run(pipeline, 0, 5)
        by_hand(pipeline, f"DELETE FROM {TEAM_FORM} WHERE game_date = DATE '{day(2)}'")
        found = page(pipeline)
        gaps = section(found, "Stale or missing, and why")
        assert any(
            line.startswith(f"- missing: team_form, {day(2)}: the stored 0 rows are not the 2")
            for line in gaps
        )
        assert f"tipoff run --start {day(2)} --end {day(5)}" in section(found, "Next")

    def test_running(self) -> None:
        pipeline = league(3).pipeline()
        asked = json.dumps(ask(pipeline, 0, 2, "team_form", "player_form").as_json())
        run_id = new_run_id()
        pipeline.warehouse.append({RUNS: [run_row(run_id, Event.STARTED, asked)]})
        (line,) = section(page(pipeline), "Running")
        assert line == (
            f"- {run_id}, for 0 h 0 min: team_form, player_form, from {day(0)} to {day(2)}"
        )
        pipeline.warehouse.append({RUNS: [run_row(run_id, Event.FINISHED, asked, status="failed")]})
        assert section(page(pipeline), "Running") == ["- nothing"]

    def test_only_since(self) -> None:
        pipeline = league(6).pipeline()
        run(pipeline, 0, 5)
        between = wall_clock()
        run(pipeline, 4, 5, "player_game_summary", force=True)
        ((count,),) = pipeline.warehouse.rows(
            f"SELECT COUNT(*) FROM `{GAMES}` WHERE game_date >= DATE '{day(4)}'"
        )
        assert section(page(pipeline, between), "Changed since") == [
            "- runs: 1 completed",
            f"- player_game_summary: 2 dates from {day(4)} to {day(5)}, {count} rows",
        ]
        assert section(page(pipeline, wall_clock()), "Changed since") == [
            "- no rows were published"
        ]


class TestShort:
    def test_at_its_longest(self) -> None:
        """A very bad night in ten seasons still fits on a screen, and says what it cut."""
        coverage = [
            Coverage(
                table=f"nba_x.table_{table}",
                season=f"20{year}-{year + 1}",
                achievable=200,
                standing=table,
                bootstrap=14,
                rows=1,
                states={},
            )
            for year in range(10, 20)
            for table in range(15)
        ]
        many = [
            Reason(
                tables=[f"t{number}"],
                state="failed",
                dates=2,
                first=DAY,
                last=DAY,
                example="long " * 100 + "\n\n## no heading",
                example_table=f"t{number}",
                example_day=DAY,
            )
            for number in range(40)
        ]
        found = page_of(
            Handoff(
                written_at=datetime(2026, 1, 16),
                since=datetime(2026, 1, 15),
                coverage=coverage,
                running=[_running(number) for number in range(9)],
                undone=many,
                gaps=many,
                published=[
                    Published(table=f"t{number}", dates=1, rows=1, first=DAY, last=DAY)
                    for number in range(15)
                ],
                runs={"completed": 3, "failed": 2},
                next=["tipoff verify"] * 3,
            )
        )
        lines = found.splitlines()
        assert len(lines) <= 60
        assert max(map(len, lines)) < 250
        assert [line for line in lines if line.startswith("- and ")] == [
            "- and 138 more",
            "- and 5 more",
            "- and 34 more",
            "- and 34 more",
            "- and 9 more",
        ]

    @pytest.mark.parametrize(
        ("part", "whole", "said"),
        [(207, 207, "100 %"), (2999, 3000, "99.9 %"), (0, 5, "0 %"), (0, 0, "–")],
    )
    def test_never_rounded_up(self, part: int, whole: int, said: str) -> None:
        assert percent(part, whole) == said

    def test_reasons(self) -> None:
        sentences = [
            "the stored 0 rows are not the 171 that run 20261121T071018714615-181787 proved",
            "the stored 3 rows are not the 99 that run 20251121T071018714615-ab1787 proved",
            "minutes_played_below_minimum 2",
            "points_below_minimum 2",
        ]
        later = DAY + timedelta(days=3)
        found = reasons(
            [
                ("a", "maybe_stale", DAY, DAY, 9, "decided after b"),
                *(("b", "missing", DAY, DAY, 1, one) for one in sentences),
                ("c", "missing", later, later, 2, sentences[0]),
            ]
        )
        assert [(one.tables, one.dates, one.last, one.example) for one in found] == [
            (["b", "c"], 4, later, sentences[0]),
            (["b"], 1, DAY, sentences[2]),
            (["b"], 1, DAY, sentences[3]),
            (["a"], 9, DAY, "decided after b"),
        ]


def _running(number: int) -> RunSeen:
    return RunSeen(
        run_id=f"r{number}",
        event=Event.STARTED,
        status=None,
        request={"tables": ["a", "b", "c", "d"], "days": ["2026-01-01/2026-01-09", "2026-01-12"]},
        started=datetime(2026, 1, 15, 22, 30),
        ended=None,
        detail={},
    )


class TestCommand:
    def test_since_the_page_before(self, path: Path, tmp_path: Path) -> None:
        out = tmp_path / "HANDOFF.md"
        assert say(path, "handoff", "--out", str(out)).code == 0
        first = out.read_text()
        moment = written_at(first)
        assert moment is not None
        assert abs(datetime.now(UTC) - moment) < timedelta(minutes=5)
        say(path, "run", "--start", str(DAY), "--tables", "player_game_summary", "--force")
        said = say(path, "handoff", "--out", str(out), "--json")
        assert datetime.fromisoformat(json.loads(said.out)["since"]) == moment
        second = out.read_text()
        assert second.split("\n")[0].endswith(first.split(" ", 3)[3].split(",")[0])
        changed = section(second, "Changed since")
        assert [line.split(":")[0] for line in changed] == ["- runs", "- player_game_summary"]
        assert section(first, "Changed since") != changed

    def test_nothing_else_is_written_over(self, path: Path, tmp_path: Path) -> None:
        out = tmp_path / "notes.md"
        out.write_text("# My notes\n")
        said = say(path, "handoff", "--out", str(out))
        assert (said.code, out.read_text()) == (64, "# My notes\n")
        assert "holds something else than a handoff" in said.err
        said = say(path, "handoff", "--out", str(tmp_path / "no" / "page.md"))
        assert (said.code, "can't be written" in said.err) == (64, True)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("2026-01-15", 0),
            ("YESTERDAY", 0),
            ("2026-01-15T22:00:00-05:00", 0),
            ("2026-01-15T22:00:00", 64),
            ("lately", 64),
        ],
    )
    def test_since(self, tmp_path: Path, text: str, code: int) -> None:
        said = say(tmp_path / "new.duckdb", "handoff", "--since", text)
        assert said.code == code
        if text.startswith("2026") and not code:
            since = "2026-01-16T03:00:00Z" if "T" in text else "2026-01-15T05:00:00Z"
            assert f"since {since}" in said.out.splitlines()[0]

    def test_through_owner(self, path: Path) -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute("DELETE FROM nba_analytics.team_form WHERE game_date = '2025-12-01'")
        asked = ["handoff", "--since", "2026-11-01"]
        without = say(path, *asked)
        with serving(path):
            through = say(path, *asked)
        assert (through.code, through.err) == (without.code, without.err) == (0, "")
        assert through.out.splitlines()[1:] == without.out.splitlines()[1:]
        assert "team_form, 2025-12-01: the stored 0 rows" in through.out


def test_written_at() -> None:
    others: Sequence[str] = ("", "# Handoff of somebody\n", "# Notes\n# Handoff of 2026-01-01")
    assert [written_at(one) for one in others] == [None] * 3
