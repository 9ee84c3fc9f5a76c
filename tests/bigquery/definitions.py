"""DDL: schemas and tables made, changed and dropped, as the analyser read the statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlglot import exp

from tests.bigquery.errors import already_exists, invalid_query, not_found, not_implemented
from tests.bigquery.fields import REPEATED, REQUIRED, Field, field_from_google
from tests.bigquery.names import Name
from tests.bigquery.preparing import Prepared
from tests.bigquery.resolved import Node
from tests.bigquery.spelling import parsed
from tests.bigquery.tables import Table, check_layout
from tests.bigquery.values import EPOCH

Done = tuple[Name | None, str]
"""What was defined, and CREATE, REPLACE, ALTER, DROP or SKIP."""
MILLISECONDS = 1000


def carry_out(prepared: Prepared) -> Done:
    return KINDS[prepared.tree.kind](prepared)


def _name(prepared: Prepared) -> Name:
    return prepared.around.name(tuple(prepared.tree.all("name_path")))


def _create_schema(prepared: Prepared) -> Done:
    storage, path = prepared.around.storage, prepared.tree.all("name_path")
    *project, dataset = path
    if project and project != [storage.project]:
        raise not_found("Project", ".".join(project))
    if prepared.tree["create_mode"] == "CREATE_IF_NOT_EXISTS" and dataset in storage.datasets:
        return None, "SKIP"
    options = _options(prepared)
    storage.create_dataset(dataset, {"description": options.get("description", "")})
    return None, "CREATE"


def _create_table(prepared: Prepared) -> Done:
    storage, tree, name = prepared.around.storage, prepared.tree, _name(prepared)
    if tree["create_scope"] not in (None, "CREATE_DEFAULT_SCOPE"):
        raise not_implemented("temporary tables")
    like = tree["like_table"]
    if (like and like.name) or tree["clone_from"] or tree["copy_from"]:
        raise not_implemented("CREATE TABLE LIKE, CLONE and COPY")
    mode, standing = tree["create_mode"], storage.find(name)
    if standing and mode == "CREATE_IF_NOT_EXISTS":
        return name, "SKIP"
    if standing and mode != "CREATE_OR_REPLACE":
        raise already_exists("Table", str(name))
    table = storage.new(name, tuple(map(_field, tree.all("column_definition_list"))))
    _lay_out(table, prepared)
    check_layout(table.schema, table.partition_column, table.clustering)
    with storage.transaction():
        if tree["query"]:
            # read before the table goes: a table may be replaced by what is read of it
            rows = prepared.translated(_query(prepared))
            storage.run(f"CREATE TEMP TABLE created AS {rows.text}", rows.values)
        if standing:
            storage.drop(name)
        storage.create(table)
        if tree["query"]:
            storage.run(f"INSERT INTO {table.sql} SELECT * FROM created; DROP TABLE created")
            found = storage.run(f"SELECT DISTINCT {table.partition_id} FROM {table.sql}")
            storage.written(table, [part for (part,) in found])
    return name, "REPLACE" if standing else "CREATE"


def _query(prepared: Prepared) -> exp.Expr:
    found: exp.Expr = parsed(prepared.statement.text).args["expression"]
    return found


def _lay_out(table: Table, prepared: Prepared) -> None:
    tree = prepared.tree
    for column in tree.all("partition_by_list"):
        if column.kind != "ColumnRef":
            raise not_implemented("PARTITION BY an expression")
        table.partition_column = column["column"].name
    table.clustering = tuple(one["column"].name for one in tree.all("cluster_by_list"))
    options = _options(prepared)
    table.require_filter = bool(options.pop("require_partition_filter", False))
    expires: datetime | None = options.pop("expiration_timestamp", None)
    if expires is not None:
        table.expires = int((expires - EPOCH).total_seconds() * MILLISECONDS)
    if labels := options.pop("labels", None):
        table.properties["labels"] = labels
    for option, name in (("description", "description"), ("friendly_name", "friendlyName")):
        if option in options:
            table.properties[name] = options.pop(option)
    if options:
        raise not_implemented(f"table option {', '.join(options)}")


def _options(prepared: Prepared) -> dict[str, Any]:
    """The values of OPTIONS(…), which are constant expressions: DuckDB works them out."""
    properties = parsed(prepared.statement.text).args.get("properties")
    found: dict[str, Any] = {}
    for one in properties.expressions if properties else ():
        if type(one) is not exp.Property:
            continue
        name, value = one.name.lower(), one.args["value"]
        if name == "labels":
            pairs = (pair.expressions for pair in value.expressions)
            found[name] = {key.name: word.name for key, word in pairs}
            continue
        text = prepared.translated(exp.select(value.copy()))
        found[name] = prepared.around.storage.run(text.text, text.values)[0][0]
    return found


def _field(definition: Node) -> Field:
    field = field_from_google(definition["name"], definition["type"])
    notes = definition["annotations"]
    if notes is None:
        return field
    described = [
        one["value"]["value"].value.string_value
        for one in notes.all("option_list")
        if one["name"] == "description"
    ]
    return Field(
        field.name,
        field.type,
        REQUIRED if notes["not_null"] and field.mode != REPEATED else field.mode,
        described[0] if described else None,
        field.fields,
    )


def _alter_table(prepared: Prepared) -> Done:
    storage, name = prepared.around.storage, _name(prepared)
    if prepared.tree["is_if_exists"] and not storage.find(name):
        return name, "SKIP"
    table = storage.table(name)
    added: list[Field] = []
    for action in prepared.tree.all("alter_action_list"):
        if action.kind != "AddColumnAction":
            raise not_implemented(f"ALTER TABLE with {action.kind}")
        field = _field(action["column_definition"])
        if field.name.lower() in {one.name.lower() for one in (*table.schema, *added)}:
            if action["is_if_not_exists"]:
                continue
            raise invalid_query(f"Column already exists: {field.name}")
        if field.mode == REQUIRED:
            raise invalid_query(
                f"Cannot add required fields to an existing schema. (field: {field.name})"
            )
        added.append(field)
    if added:
        storage.change_schema(table, (*table.schema, *added))
    return name, "ALTER" if added else "SKIP"


def _drop(prepared: Prepared) -> Done:
    storage, tree = prepared.around.storage, prepared.tree
    if tree["object_type"] == "SCHEMA":
        dataset = tree.all("name_path")[-1]
        if tree["is_if_exists"] and dataset not in storage.datasets:
            return None, "SKIP"
        storage.drop_dataset(storage.project, dataset, contents=tree["drop_mode"] == "CASCADE")
        return None, "DROP"
    if tree["object_type"] != "TABLE":
        raise not_implemented(f"DROP {tree['object_type']}")
    name = _name(prepared)
    if tree["is_if_exists"] and not storage.find(name):
        return name, "SKIP"
    storage.drop(storage.table(name).name)
    return name, "DROP"


KINDS: dict[str, Callable[[Prepared], Done]] = {
    "CreateSchemaStmt": _create_schema,
    "CreateTableStmt": _create_table,
    "CreateTableAsSelectStmt": _create_table,
    "AlterTableStmt": _alter_table,
    "DropStmt": _drop,
}
