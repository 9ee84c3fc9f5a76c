"""What a coverage says of stored dates, as findings of drift."""

from __future__ import annotations

from datetime import date

from clients.drift.stored import of_data
from service.models.answers import Coverage, CoverageOf, DatesOf

WHERE = "the warehouse"
NONE = DatesOf(dates=0)


def season(table: str, *, other_code: DatesOf = NONE, unproven: DatesOf = NONE) -> CoverageOf:
    return CoverageOf(
        table=table,
        season="2025-26",
        month=None,
        achievable=9,
        standing=9,
        share=1.0,
        bootstrap=0,
        coming=0,
        games=9,
        games_standing=9,
        rows=9,
        states={},
        gaps=[],
        blind={},
        unaudited=0,
        other_code=other_code,
        unproven=unproven,
    )


def said(*found: CoverageOf) -> list[tuple[str, str, str]]:
    several = of_data(WHERE, Coverage(coverage=list(found), fill=[]))
    return [(one.word.value, one.about, one.says) for one in several]


def test_all_stand_by_the_code_that_runs() -> None:
    ((word, about, says),) = said(season("a"), season("b"))
    assert (word, about) == ("clean", WHERE)
    assert says == "18 dates of tables stand, each by the code that runs"


def test_seasons_of_a_table_are_one_finding() -> None:
    early = DatesOf(dates=2, first=date(2024, 11, 1), last=date(2024, 11, 5))
    late = DatesOf(dates=3, first=date(2025, 11, 1), last=date(2025, 12, 1))
    ((word, about, says),) = said(
        season("a", other_code=early), season("a", other_code=late), season("b")
    )
    assert (word, about) == ("differs", "a")
    assert says.startswith("5 dates, 2024-11-01 to 2025-12-01, were written by other code")
    assert says.endswith("tipoff backfill --start 2024-11-01 --end 2025-12-01 --processors a")


def test_what_no_ledger_knows_is_not_clean() -> None:
    some = DatesOf(dates=1, first=date(2025, 11, 1), last=date(2025, 11, 1))
    ((word, about, says),) = said(season("a", unproven=some), season("b"))
    assert (word, about) == ("undetermined", "a")
    assert "in no ledger" in says


def test_no_season() -> None:
    ((word, about, says),) = said()
    assert (word, about) == ("undetermined", WHERE)
    assert "no season" in says
