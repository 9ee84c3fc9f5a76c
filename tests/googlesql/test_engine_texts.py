"""The texts that the BigQuery engine alone needs, on Google's evaluator: they do what DuckDB's do.

FARM_FINGERPRINT is nothing that DuckDB has: of fingerprints the counts are compared, and what makes
two of them equal.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

import pytest

from pipeline.ledger import PARTITIONS, RUNS
from processors.contract import Contract
from processors.registry import load
from service.push.letters import LETTERS
from tests.googlesql.analysis import analyse_statement
from tests.googlesql.both import COMPUTED, Both
from tests.googlesql.evaluation import changes, evaluate, parameter
from tests.googlesql.test_statements import TABLES, by_table
from tests.googlesql.worked import LAST
from tests.oracle.tiny import OPENING, day
from tests.pipeline.small import BOXES, GAMES
from warehouse.bigquery import statements
from warehouse.bigquery.lexing import parameters_of
from warehouse.bigquery.parameters import Records
from warehouse.bigquery.publishing import REPLACED
from warehouse.interface import proven_columns

REGISTRY = load()
PLAYED = REGISTRY.contracts[GAMES]
PEOPLE = REGISTRY.contracts["nba_raw.players"]
LATE = datetime(2024, 11, 8, 4)
DAYS = [day(0), day(LAST)]
GIVEN = {
    "first_date": OPENING,
    "last_date": day(LAST),
    "day": day(LAST),
    "days": DAYS,
    "bad_days": DAYS,
    "replaced": Records(REPLACED, [{"day": one, "inputs": f"of {one}"} for one in DAYS]),
    "inputs": f"of {day(LAST)}",
    "logic_version": "v",
    "run_id": "r",
    "processed_at": LATE,
    "start_date": OPENING,
    "end_date": day(LAST),
    "history_start": OPENING,
}
MARKS = ("v", f"of {day(LAST)}", "r", LATE)


def given(text: str) -> dict[str, object]:
    return {name: GIVEN[name] for name in parameters_of(text)}


def rows_of(both: Both, text: str) -> list[tuple[object, ...]]:
    return evaluate(text, both.tables(text), given(text))[1]


def changes_of(both: Both, text: str) -> list[tuple[str, tuple[object, ...]]]:
    return changes(text, both.tables(text), given(text))


def good(both: Both, contract: Contract) -> list[tuple[object, ...]]:
    """What is staged to be published, with its hash."""
    return [row[:-1] for row in both.rows(f"staging.{contract.name}") if row[-1] is None]


class TestPublished:
    def test_one_day(self, both: Both) -> None:
        found = rows_of(both, statements.one_day(PLAYED))
        ours = [(*row, *MARKS) for row in good(both, PLAYED) if row[0] == day(LAST)]
        assert Counter(found) == Counter(ours)
        assert len(found) == 31

    def test_several_days(self, both: Both) -> None:
        stored = Counter(row[0] for row in both.rows(GAMES))
        gone = changes_of(both, statements.emptied(PLAYED))
        assert Counter(word for word, _ in gone) == {"DELETE": sum(stored[one] for one in DAYS)}
        put = changes_of(both, statements.filled(PLAYED))
        ours = [(*row, "v", f"of {row[0]}", "r", LATE) for row in good(both, PLAYED)]
        assert Counter(put) == Counter(("INSERT", row) for row in ours if row[0] in DAYS)
        assert put

    def test_bad_rows(self, both: Both) -> None:
        """As DuckDB set them aside, but for who did it, when, and how a whole float is written."""
        ((word, found),) = changes_of(both, statements.set_aside(PLAYED))
        (ours,) = both.rows(statements.QUARANTINE)
        assert (word, found[0], found[-1]) == ("INSERT", "r", LATE)
        assert found[1:5] == ours[1:5]
        assert json.loads(str(found[5])) == json.loads(str(ours[5]))
        assert found[6] == ours[6]

    @pytest.mark.parametrize("table", [RUNS, PARTITIONS, LETTERS])
    def test_appended(self, both: Both, table: str) -> None:
        contract = REGISTRY.contracts[table]
        types = {one.name: one.type for one in contract.stored_columns}
        rows = both.rows(table)
        records = Records(types, [dict(zip(types, row, strict=True)) for row in rows])
        text = statements.appended(contract)
        found = changes(text, both.tables(text), {f"{contract.name}_rows": records})
        assert found == [("INSERT", row) for row in rows]

    def test_doubled(self, both: Both) -> None:
        """Both rows of a doubled key are bad, whatever else they are."""
        processor = REGISTRY.processors[GAMES]
        text = statements.staged(processor)
        tables = both.tables(text)
        columns, boxes = tables[BOXES]
        once = evaluate(text, tables | {BOXES: (columns, boxes[:2])}, given(text))[1]
        assert [row[-1] for row in once] == [None, None]
        twice = tables | {BOXES: (columns, [*boxes[:2], boxes[0]])}
        found = evaluate(text, twice, given(text))[1]
        assert {(row[1], row[-1]) for row in found} == {
            ("bos0", statements.DOUBLED),
            ("bos1", None),
        }


class TestFingerprints:
    VIEWS = (proven_columns(PLAYED), (*PLAYED.key, "points"))

    def by_day(self, both: Both, rows: list[tuple[object, ...]] | None = None):
        text = statements.fingerprints(PLAYED, self.VIEWS)
        columns, stored = both.tables(text)[GAMES]
        found = evaluate(text, {GAMES: (columns, stored if rows is None else rows)}, given(text))[1]
        return {one: (held, contents) for one, _, held, *contents in found}

    def test_counts(self, both: Both) -> None:
        (ours, _) = both.warehouse.fingerprints(PLAYED, self.VIEWS, first=OPENING, last=day(LAST))
        found = self.by_day(both)
        assert set(found) == set(DAYS)
        assert {one: held for one, (held, _) in found.items()} == {
            one: ours[one].rows for one in DAYS
        }

    def test_content(self, both: Both) -> None:
        """No order of rows changes it; one value does, of its date and where it is looked at."""
        stored, before = both.rows(GAMES), self.by_day(both)
        assert self.by_day(both, stored[::-1]) == before
        names = [name for name, _ in both.columns(GAMES)]
        place = names.index("rebounds")
        at = next(number for number, row in enumerate(stored) if row[0] == day(0))
        changed = [*stored]
        changed[at] = (*stored[at][:place], None, *stored[at][place + 1 :])
        after = self.by_day(both, changed)
        assert after[day(LAST)] == before[day(LAST)]
        assert after[day(0)][1][0] != before[day(0)][1][0]
        assert after[day(0)][1][1] == before[day(0)][1][1]

    def test_staged_as_stored(self, both: Both) -> None:
        """What is staged is found again when it is stored."""
        view = proven_columns(PLAYED)
        staged = rows_of(both, statements.staged_fingerprints(PLAYED, view))
        text = statements.one_day(PLAYED)
        stored = evaluate(text, both.tables(text), given(text))[1]
        scanned = self.by_day(both, stored)
        assert [one for one in staged if one[0] == day(LAST)] == [
            (day(LAST), scanned[day(LAST)][0], scanned[day(LAST)][1][0])
        ]

    def test_by_key(self, both: Both) -> None:
        named = {row[0] for row in both.rows(PEOPLE.table)}
        columns = tuple(PEOPLE.column_names)
        for staged in (True, False):
            text = statements.fingerprints_by_key(PEOPLE, columns, PLAYED, staged=staged)
            held = good(both, PLAYED) if staged else both.rows(GAMES)
            ours = Counter(row[0] for row in held if row[1] in named)
            assert {one: rows for one, rows, _ in rows_of(both, text)} == ours
            assert ours[day(LAST)] == len(named)

    def test_whole(self, both: Both) -> None:
        text = statements.fingerprint(PEOPLE, tuple(PEOPLE.column_names))
        ((rows, _),) = rows_of(both, text)
        assert rows == both.warehouse.fingerprint(PEOPLE, PEOPLE.column_names).rows


@by_table(COMPUTED)
def test_of_every_table(contract: Contract) -> None:
    view = proven_columns(contract)
    for text in (
        statements.emptied(contract),
        statements.filled(contract),
        statements.set_aside(contract),
        statements.one_day(contract),
        statements.fingerprints(contract, (view, contract.key)),
        statements.staged_fingerprints(contract, view),
    ):
        kinds = {name: parameter(value)[0] for name, value in given(text).items()}
        analyse_statement(text, TABLES, kinds)
