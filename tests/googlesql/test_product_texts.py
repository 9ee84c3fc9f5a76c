"""Google's evaluator and DuckDB answer every text of the product alike, over a worked warehouse.

What is evaluated elsewhere (statements, gates, distributions) is not evaluated here once more; all
that is left is, so that no text is sent that Google hasn't read.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from pipeline import distributions, histogram, history
from pipeline.audit import canaries
from processors.columns import Type
from processors.features import FEATURES
from service.push import letters
from tests.googlesql.both import COMPUTED, GIVEN, NAMED, REGISTRY, Both
from tests.googlesql.worked import CAMPAIGN, LETTER
from tests.linters.product import OF_TYPE, every_text
from tests.oracle.tiny import day
from tests.pipeline.small import GAMES
from warehouse import texts

ELSEWHERE = {
    *(distributions.spreads(some) for some in (FEATURES, *((one,) for one in FEATURES))),
    *map(histogram.histogram, FEATURES),
    *map(texts.stage, REGISTRY),
    *(texts.stage(one.in_bootstrap) for one in REGISTRY if one.placeholders),
    *(make(one) for one in COMPUTED for make in (texts.doubled_keys, texts.examination)),
    *(make(one) for one in COMPUTED for make in (texts.coverage, texts.quarantine_examples)),
    *(texts.games_present(one) for one in REGISTRY.contracts.values() if one.presence),
    *(make(one) for one in COMPUTED for make in (canaries.presence, canaries.spreads)),
}
TEXTS = [text for text in every_text() if text not in ELSEWHERE]


def of_first_row(both: Both, text: str) -> dict[str, object]:
    """A run, a date, a key of which the only table that the text reads has a row."""
    if text == history.OUTCOMES:
        return {"run_id": both.rows("nba_ops.partitions")[0][0]}
    if "@runs" in text:
        return {"runs": " ".join(str(row[0]) for row in both.rows("nba_ops.runs"))}
    tables = set(NAMED.findall(text))
    named = {name.partition(".")[2] for name in tables}
    contract = next((one for one in COMPUTED if {one.name} == named), None)
    if contract is None:
        return {}
    (table,) = tables
    place = [name for name, _ in both.columns(table)].index
    row = both.rows(table)[0]
    key = {f"key_{name}": row[place(name)] for name in contract.key}
    return key | {"day": row[place(str(contract.date_column))]}


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_same_rows(both: Both, number: int) -> None:
    """And there are some."""
    text = TEXTS[number]
    assert both.answer(text, **of_first_row(both, text))


class TestAsked:
    """What is asked in more than one way."""

    def runs(self, both: Both, **said: object) -> list[object]:
        asked = {"correlation_id": "", "whatever": True} | said
        return [row[0] for row in both.answer(history.RECENT, **asked)]

    def test_runs(self, both: Both) -> None:
        every = self.runs(both)
        assert every == sorted(every, reverse=True)
        assert len(every) == 5
        assert every[-1] == "20200101T000000000000-old"
        assert self.runs(both, since=datetime(2024, 1, 1)) == every[:-1]
        assert self.runs(both, oldest="2021") == every[:-1]
        assert self.runs(both, most=2) == every[:2]
        assert self.runs(both, run_id=every[1]) == [every[1]]
        assert self.runs(both, firing=CAMPAIGN["firing"]) == [every[1]]
        assert self.runs(both, statuses="blocked") == self.runs(both, statuses="%block%")
        of_games = self.runs(both, whatever=False, tables=GAMES, first_day=day(0), last_day=day(0))
        assert of_games == every[2:4]

    def test_outcomes(self, both: Both) -> None:
        assert both.answer(history.OUTCOMES, run_id="nobody's") == []

    def test_letters(self, both: Both) -> None:
        found = both.answer(letters.NEWEST, settled=False, whole=False)
        assert [row[0][-6:] for row in found] == ["bbbbbb"]
        (whole,) = both.answer(letters.NEWEST, letter_id=LETTER, most=1)
        assert whole[-1] == "{}"
        assert both.answer(letters.NEWEST, since=datetime(9999, 1, 1)) == []

    def test_nothing_since(self, both: Both) -> None:
        """Whatever is read of nba_ops alone, is read by when it was recorded."""
        texts_of_ops = [
            text
            for text in TEXTS
            if all(name.startswith("nba_ops.") for name in NAMED.findall(text))
            and "TIMESTAMP '" not in text
        ]
        assert len(texts_of_ops) > 15
        late = dict.fromkeys(OF_TYPE[Type.TIMESTAMP], datetime(9999, 1, 1))
        for text in texts_of_ops:
            said = both.warehouse.rows(text, **(GIVEN | late))
            assert said in ([], [(0,)]), text
