"""Carrying out one analysed statement: a query's rows, or what DML and DDL changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from tests.bigquery import definitions
from tests.bigquery.errors import invalid_query, not_implemented
from tests.bigquery.fields import Schema
from tests.bigquery.names import Name
from tests.bigquery.preparing import DML, Prepared
from tests.bigquery.results import checked
from tests.bigquery.spelling import parsed
from tests.bigquery.tables import Table
from tests.bigquery.translation import several_sources

ACTIONS = {"INSERT": "insertedRowCount", "UPDATE": "updatedRowCount", "DELETE": "deletedRowCount"}


@dataclass(frozen=True)
class Outcome:
    """`changed` counts rows by what was done to them; `operation` is DDL's."""

    type: str
    schema: Schema = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    target: Name | None = None
    changed: Counter[str] | None = None
    operation: str | None = None

    @property
    def statistics(self) -> dict[str, Any]:
        made: dict[str, Any] = {"statementType": self.type}
        if self.changed is not None:
            made["numDmlAffectedRows"] = str(self.changed.total())
            made["dmlStats"] = {
                ACTIONS[action]: str(count) for action, count in self.changed.items()
            }
        if self.operation is not None:
            made["ddlOperationPerformed"] = self.operation
            if self.target:
                made["ddlTargetTable"] = self.target.api
        return made


def execute(prepared: Prepared) -> Outcome:
    if prepared.type == "SELECT":
        found = prepared.translated()
        rows = prepared.around.storage.run(found.text, found.values)
        return Outcome("SELECT", prepared.schema, checked(rows, prepared.schema))
    if prepared.type in DML:
        with prepared.around.storage.transaction():
            return _change(prepared)
    if prepared.tree.kind not in definitions.KINDS:
        raise not_implemented(f"statement of the kind {prepared.tree.kind}")
    if prepared.around.storage.in_transaction:
        raise invalid_query("DDL statements are not supported in a transaction.")
    target, operation = definitions.carry_out(prepared)
    return Outcome(prepared.type, target=target, operation=operation)


def _change(prepared: Prepared) -> Outcome:
    """DuckDB returns the partition of each row that was written or deleted."""
    storage, target = prepared.around.storage, prepared.target
    before = _counts(prepared, target)
    _refuse_several_sources(prepared)
    if prepared.type == "TRUNCATE_TABLE":
        text, values = f"DELETE FROM {target.sql}", {}
    else:
        found = prepared.translated()
        text, values = found.text, dict(found.values)
    action = "merge_action" if prepared.type == "MERGE" else f"'{prepared.type.split('_')[0]}'"
    rows = storage.run(f"{text} RETURNING {action}, {target.partition_id}", values)
    parts = {part for _, part in rows}
    after = _counts(prepared, target)
    parts |= {part for part in before.keys() | after.keys() if before[part] != after[part]}
    if rows:
        storage.written(target, parts)
    changed = Counter("DELETE" if kind == "TRUNCATE" else kind for kind, _ in rows)
    return Outcome(prepared.type, target=target.name, changed=changed)


def _counts(prepared: Prepared, target: Table) -> Counter[str]:
    """An UPDATE of the partition column takes a row out of a partition that isn't returned."""
    if prepared.type not in ("UPDATE", "MERGE") or target.partition_column is None:
        return Counter()
    part = target.partition_id
    sql = f"SELECT {part} AS part, count(*) FROM {target.sql} GROUP BY part"
    return Counter(dict(prepared.around.storage.run(sql)))


def _refuse_several_sources(prepared: Prepared) -> None:
    tree = parsed(prepared.statement.text)
    if not isinstance(tree, exp.Merge | exp.Update):
        return
    doubled = several_sources(tree)
    if doubled is None:
        return
    found = prepared.translated(doubled)
    if prepared.around.storage.run(found.text, found.values):
        raise invalid_query("UPDATE/MERGE must match at most one source row for each target row")
