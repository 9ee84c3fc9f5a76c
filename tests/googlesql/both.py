"""One text on Google's evaluator and on DuckDB, over a worked warehouse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from pipeline.audit.verdict import AuditKind
from pipeline.run import Pipeline
from pipeline.since import BEGINNING
from processors.columns import Type
from processors.registry import load
from tests.googlesql.catalog import columns_of
from tests.googlesql.evaluation import evaluate
from tests.googlesql.worked import CAMPAIGN, GAME, LAST, PLAYER, STORE
from tests.linters.product import types_in
from tests.oracle.tiny import OPENING, day

REGISTRY = load()
COMPUTED = [one.contract for one in REGISTRY]
NAMED = re.compile(r"`((?:nba_\w+|staging)\.\w+)`")
MARKS = (("data_hash", Type.STRING), ("quarantine_reason", Type.STRING))
GIVEN: Mapping[str, object] = {
    **dict.fromkeys(("first_date", "first_day", "season_start"), OPENING),
    **dict.fromkeys(("last_date", "last_day", "day"), day(LAST)),
    **dict.fromkeys(("since", "lively_since", "told_since"), BEGINNING),
    **dict.fromkeys(("tables", "statuses", "letter_id"), "%"),
    **dict.fromkeys(("run_id", "runs", "oldest", "firing", "table"), ""),
    **dict.fromkeys(("settled", "whole"), True),
    "quiet_since": datetime(9999, 1, 1),
    "whatever": False,
    "correlation_id": CAMPAIGN["correlation_id"],
    "most": 20,
    "after": 0,
    "season_year": 2024,
    "edge": 0.5,
    "table_name": STORE,
    "kind": AuditKind.CANARIES.value,
    "player": PLAYER,
    "team": "BOS",
    "opponent": "NYK",
    "game_id": GAME,
    "system_id": "ridge",
}


class Both:
    """What is stored and staged there, handed to either."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.warehouse = pipeline.warehouse
        self._rows: dict[str, list[tuple[object, ...]]] = {}

    def answer(self, text: str, **said: object) -> list[tuple[object, ...]]:
        """The rows that both have, as DuckDB orders them."""
        given = {name: (GIVEN | said)[name] for name in types_in(text)}
        _, google = evaluate(text, self.tables(text), given)
        ours = self.warehouse.rows(text, **given)
        assert sorted(map(repr, ours)) == sorted(map(repr, google))
        return list(ours)

    def tables(self, text: str):
        """Those that the text names, as the evaluator takes them."""
        return {name: (self.columns(name), self.rows(name)) for name in NAMED.findall(text)}

    def rows(self, table: str) -> list[tuple[object, ...]]:
        if table not in self._rows:
            names = ", ".join(name for name, _ in self.columns(table))
            self._rows[table] = self.warehouse.rows(f"SELECT {names} FROM `{table}`")
        return self._rows[table]

    def columns(self, table: str) -> tuple[tuple[str, Type], ...]:
        dataset, _, name = table.partition(".")
        if dataset != "staging":
            return columns_of(REGISTRY.contracts[table])
        contract = next(one for one in COMPUTED if one.name == name)
        return (*((one.name, one.type) for one in contract.columns), *MARKS)
