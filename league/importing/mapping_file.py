"""Mappings on disk: the shipped ones by name, the user's own by path, explained where wrong."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from league.importing.errors import MappingError, nearest
from league.importing.rules import (
    MADE_FOR,
    ColumnRule,
    Mapping,
    PairRule,
    PlayerRule,
    RefuseRule,
    Source,
    Transform,
)
from league.importing.tables import COUNTED_BY_THE_IMPORT, TABLES

PARTS: dict[str, type[BaseModel]] = {
    "columns": ColumnRule,
    "refuse": RefuseRule,
    "pair": PairRule,
    "player": PlayerRule,
}


def shipped() -> tuple[str, ...]:
    """The names of the mappings that come with the package."""
    folder = resources.files("league.importing") / "mappings"
    return tuple(sorted(one.name[:-5] for one in folder.iterdir() if one.name.endswith(".toml")))


def load(mapping: str | Path) -> Mapping:
    """Read a shipped mapping by its name or an own one by the path of its TOML file."""
    if isinstance(mapping, str) and mapping in shipped():
        folder = resources.files("league.importing") / "mappings"
        return parse((folder / f"{mapping}.toml").read_text("utf-8"), f"mapping {mapping}")
    path = Path(mapping)
    if path.suffix != ".toml" or not path.is_file():
        raise MappingError(
            f"No mapping `{mapping}`: {nearest(str(mapping), shipped())}. "
            "An own mapping is the path of a .toml file that exists.",
            mapping=str(mapping),
        )
    return parse(path.read_text("utf-8"), str(path))


def parse(text: str, where: str) -> Mapping:
    """Turn TOML into a mapping whose every name is known, or say which isn't."""
    try:
        mapping = Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{where} is not TOML: {error}.", mapping=where) from error
    except ValidationError as error:
        # A misspelt key is also a missing one: say the former, which names the cure.
        faults = sorted(
            error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden"
        )
        raise MappingError(f"{where}: {explain(faults[0])}.", mapping=where) from error
    for number, source in enumerate(mapping.source, start=1):
        check(mapping, source, f"{where}, source {number} ({source.table})")
    return mapping


def check(mapping: Mapping, source: Source, where: str) -> None:
    """Hold a source against the contract of its table."""
    if source.table not in TABLES:
        raise MappingError(f"{where}: no raw table of that name; {nearest(source.table, TABLES)}.")
    contract = TABLES[source.table]
    open_columns = [one for one in contract.column_names if one not in COUNTED_BY_THE_IMPORT]
    for target, rule in source.columns.items():
        if target not in open_columns:
            known = nearest(target, open_columns)
            raise MappingError(f"{where}: `{target}` is no column to be filled; {known}.")
        if isinstance(rule.values, str) and rule.values not in mapping.values:
            known = nearest(rule.values, mapping.values)
            raise MappingError(f"{where}, {target}: no values `{rule.values}`; {known}.")
        kind = contract.column(target).type
        if rule.transform is not None and kind not in MADE_FOR[rule.transform]:
            made_for = " or ".join(MADE_FOR[rule.transform])
            raise MappingError(
                f'{where}, {target}: `as = "{rule.transform}"` fills {made_for}, not {kind}.'
            )
    about_players = "player_lookup" in contract.column_names
    if about_players and source.player is None and source.refuse_file is None:
        raise MappingError(f"{where}: needs a `player` table, which says who a row is about.")


def explain(fault: ErrorDetails) -> str:
    """Say one of pydantic's errors in the words of the mapping, with the nearest valid spelling."""
    place = [part for part in fault["loc"] if part != "as" or fault["type"] != "literal_error"]
    where = ".".join(str(part) for part in place)
    if fault["type"] == "extra_forbidden":
        return f"unknown key `{where}`; {nearest(str(place[-1]), keys_beside(fault['loc']))}"
    if fault["type"] == "literal_error" and fault["loc"][-1] == "as":
        return f"{where}: no transform `{fault['input']}`; " + nearest(
            str(fault["input"]), get_args(Transform)
        )
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}"


def keys_beside(place: tuple[str | int, ...]) -> list[str]:
    """The keys that are known at the place where an unknown one stood."""
    model: type[BaseModel] = Mapping if len(place) == 1 else Source
    for part in place[:-1]:
        model = PARTS.get(str(part), model)
    return [field.alias or name for name, field in model.model_fields.items()]
