"""A YAML file to a model: what is wrong is named with its line, and nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from processors.errors import UsageError

Model = TypeVar("Model", bound=BaseModel)
Key = tuple[str | int, ...]
NAME = re.compile(r"\{([^{}]*)\}")


def read_model(
    file: Path,
    model: type[Model],
    *,
    names: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Model:
    """`{project}` and its like are replaced by what `names` says; a name that isn't there is
    refused, as an unknown or a misspelled field is."""
    tree, lines = _tree(file)
    faults: list[tuple[int, str]] = []
    if names is not None:
        tree = _filled(tree, (), names, lambda key, why: faults.append((_line(lines, key), why)))
    if overrides:
        tree = {**tree, **overrides}
    try:
        read = model.model_validate(tree)
    except ValidationError as error:
        faults += [(_line(lines, one["loc"]), _told(one, overrides)) for one in _all(error)]
    if faults:
        raise UsageError("; ".join(f"{file.name}:{line}: {why}" for line, why in sorted(faults)))
    return read


def _all(error: ValidationError) -> list[Any]:
    return error.errors(include_url=False, include_context=False)


def _told(error: Mapping[str, Any], overrides: Mapping[str, str] | None) -> str:
    """What may be said on the command line as well has its option named."""
    name, said = ".".join(map(str, error["loc"])), error["msg"]
    if error["type"] == "extra_forbidden":
        said = "there is no such field"
    elif error["type"] == "missing":
        option = f", here or as --{name.replace('_', '-')}" if overrides is not None else ""
        said = f"must be said{option}"
    return f"{name}: {said}"


def _tree(file: Path) -> tuple[Any, Mapping[Key, int]]:
    """The value, and of each part of it the line where it stands."""
    try:
        loader = yaml.SafeLoader(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror or error}") from error
    lines: dict[Key, int] = {}
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, lines
        _note(node, (), lines, file)
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{file.name}:{line}: {error.problem}") from error
    finally:
        loader.dispose()


def _note(node: yaml.Node, key: Key, lines: dict[Key, int], file: Path) -> None:
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            inner = (*key, str(name.value))
            if inner in lines:
                line = name.start_mark.line + 1
                raise UsageError(f"{file.name}:{line}: {name.value} is said twice")
            lines[inner] = name.start_mark.line + 1
            _note(value, inner, lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _note(value, (*key, number), lines, file)


def _line(lines: Mapping[Key, int], key: Key) -> int:
    """Of what is missing, the line of what it is missing in."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 1)


def _filled(
    tree: object, key: Key, names: Mapping[str, str], fault: Callable[[Key, str], None]
) -> object:
    if isinstance(tree, dict):
        return {name: _filled(one, (*key, name), names, fault) for name, one in tree.items()}
    if isinstance(tree, list):
        return [_filled(one, (*key, number), names, fault) for number, one in enumerate(tree)]
    if not isinstance(tree, str):
        return tree

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in names:
            fault(key, f"there is no {{{name}}}; there are {', '.join(sorted(names))}")
        return names.get(name, "")

    return NAME.sub(value, tree)
