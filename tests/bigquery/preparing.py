"""A statement read and analysed: what it is, which tables it names, what it reads of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from tests.bigquery import information
from tests.bigquery.analysis import Analyser, output
from tests.bigquery.catalog import Path
from tests.bigquery.errors import ApiError
from tests.bigquery.fields import Schema, field_from_google
from tests.bigquery.names import Name, from_path
from tests.bigquery.pruning import Read, reads
from tests.bigquery.resolved import Node
from tests.bigquery.sizes import Sizes, billed
from tests.bigquery.spelling import Statement, parsed
from tests.bigquery.storage import Storage
from tests.bigquery.tables import Table
from tests.bigquery.translation import (
    MOMENT,
    Parameter,
    Translated,
    duckdb_text,
    records,
    rendered,
    translated,
)

TYPES = {
    "QueryStmt": "SELECT",
    "InsertStmt": "INSERT",
    "UpdateStmt": "UPDATE",
    "DeleteStmt": "DELETE",
    "MergeStmt": "MERGE",
    "TruncateStmt": "TRUNCATE_TABLE",
    "CreateTableStmt": "CREATE_TABLE",
    "CreateTableAsSelectStmt": "CREATE_TABLE_AS_SELECT",
    "CreateSchemaStmt": "CREATE_SCHEMA",
    "AlterTableStmt": "ALTER_TABLE",
    "DropStmt": "DROP_TABLE",
}
DML = ("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE_TABLE")


@dataclass(frozen=True)
class Surroundings:
    """What a statement is read in."""

    storage: Storage
    sizes: Sizes
    analyser: Analyser
    parameters: Mapping[str, Parameter]
    default_dataset: str | None = None

    def name(self, path: Path) -> Name:
        return from_path(path, project=self.storage.project, dataset=self.default_dataset)


@dataclass(frozen=True)
class Prepared:
    statement: Statement
    tree: Node
    names: Mapping[Path, Name]
    around: Surroundings

    @property
    def type(self) -> str:
        return TYPES.get(self.tree.kind, self.tree.kind)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Those that the statement reads or changes, by their whole names; views aren't."""
        names = {name for name in self.names.values() if not name.view}
        return {str(name): self.around.storage.table(name) for name in names}

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        return reads(self.tree)

    @property
    def target(self) -> Table:
        """Of DML."""
        scanned = self.tree["table_scan"]["table"]
        return self.tables[scanned.full_name or scanned.name]

    @property
    def schema(self) -> Schema:
        return tuple(field_from_google(name, kind) for name, kind in output(self.tree))

    def processed(self) -> int:
        values = {name: one.value for name, one in self.around.parameters.items()}
        return self.around.sizes.processed(self.reads, self.tables, values)

    def billed(self, processed: int) -> int:
        return billed(processed, len({one.table for one in self.reads}))

    def translated(self, tree: exp.Expr | None = None) -> Translated:
        """The statement, or a tree made of it, for DuckDB; views are made as of now."""
        around = self.around
        moment = information.instant(around.storage.clock.now())
        around.storage.run(f"SET VARIABLE {MOMENT} = TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'")
        stored = {
            ".".join(path): information.materialised(around.storage, around.sizes, name)
            if name.view
            else self.tables[str(name)].sql
            for path, name in self.names.items()
        }
        if tree is None:
            text = duckdb_text(
                self.statement.text, tuple(stored.items()), records(around.parameters)
            )
        else:
            text = rendered(tree, stored, records(around.parameters))
        return translated(text, around.parameters)


def prepare(statement: Statement, around: Surroundings) -> Prepared:
    """Raises what BigQuery refuses before it starts."""
    names: dict[Path, Name] = {}

    def find(path: Path) -> tuple[str, Schema]:
        name = names[path] = around.name(path)
        if name.view:
            around.storage.dataset(name.project, name.dataset)
            return str(name), information.schema(name)
        return str(name), around.storage.table(name).schema

    fields = {name: one.field for name, one in around.parameters.items()}
    try:
        altered = _altered(statement, around)
        tree = around.analyser.tree(statement.text, find, fields, altered)
        if tree.kind in ("QueryStmt", "CreateTableAsSelectStmt"):
            output(tree)
    except ApiError as error:
        raise statement.placed(error) from error
    return Prepared(statement, tree, names, around)


def _altered(statement: Statement, around: Surroundings) -> list[Path]:
    """The table of ALTER TABLE, which isn't among those that a statement reads."""
    if statement.text.lstrip()[:5].upper() != "ALTER":
        return []
    tree = parsed(statement.text)
    if not isinstance(tree, exp.Alter):
        return []
    path = tuple(part.name for part in tree.this.parts)
    missing = around.storage.find(around.name(path)) is None
    return [] if missing and tree.args.get("exists") else [path]
