"""May rows of one schema be put where another stands? What BigQuery says when they mayn't."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from tests.bigquery.errors import ApiError, invalid
from tests.bigquery.fields import REPEATED, REQUIRED, Field, Schema
from tests.bigquery.names import Name

ADDITION = "ALLOW_FIELD_ADDITION"
RELAXATION = "ALLOW_FIELD_RELAXATION"


def mismatch(name: Name, what: str) -> ApiError:
    return invalid(f"Provided Schema does not match Table {name}. {what}")


def appended(name: Name, stored: Schema, given: Schema, allowed: Collection[str]) -> Schema:
    """The table's schema once rows of the given one are in it; columns go by their names."""
    offered = {one.name.lower(): one for one in given}
    made = []
    for one in stored:
        other = offered.pop(one.name.lower(), None)
        made.append(one if other is None else _met(name, one, other, allowed))
        if other is None and one.mode == REQUIRED:
            raise mismatch(name, f"Field {one.name} is missing in new schema")
    added = list(offered.values())
    if added and ADDITION not in allowed:
        raise mismatch(name, f"Cannot add fields (field: {added[0].name})")
    for one in added:
        if one.mode == REQUIRED:
            raise mismatch(
                name, f"Cannot add required fields to an existing schema. (field: {one.name})"
            )
    return (*made, *added)


def _met(name: Name, stored: Field, given: Field, allowed: Collection[str]) -> Field:
    same = (stored.type, stored.fields) == (given.type, given.fields)
    if not same or (stored.mode == REPEATED) != (given.mode == REPEATED):
        kinds = (one.sql_type for one in (stored, given))
        raise mismatch(name, "Field {} has changed type from {} to {}".format(stored.name, *kinds))
    if stored.mode == REQUIRED and given.mode != REQUIRED:
        # the columns of a query's result are NULLABLE, whatever is in them
        if RELAXATION not in allowed:
            raise mismatch(
                name, f"Field {stored.name} has changed mode from REQUIRED to {given.mode}"
            )
        return replace(stored, mode=given.mode)
    return stored


def updated(name: Name, stored: Schema, given: Schema) -> Schema:
    """What tables.patch and tables.update may make of a schema: added columns, relaxed ones."""
    offered = {one.name.lower() for one in given}
    for one in stored:
        if one.name.lower() not in offered:
            raise mismatch(name, f"Field {one.name} is missing in new schema")
    for one in given:
        before = next((it for it in stored if it.name.lower() == one.name.lower()), None)
        if before is not None and before.mode != REQUIRED and one.mode == REQUIRED:
            raise mismatch(
                name, f"Field {one.name} has changed mode from {before.mode} to REQUIRED"
            )
    made = appended(name, stored, given, (ADDITION, RELAXATION))
    described = {one.name.lower(): one.description for one in given}
    return tuple(replace(one, description=described[one.name.lower()]) for one in made)
