"""`services.toml`: every service whose code is in a checkout here, ours and the users' others."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from clients.deploying.parameters import Parameters, Strict
from processors.errors import UsageError

HEADER = re.compile(r"^\s*\[\[\s*service\s*\]\]")
KEY = re.compile(r"^\s*([\w-]+|\"[^\"]+\")\s*=")
TABLE = re.compile(r"^\s*\[{1,2}\s*([\w.-]+)")
BRACES = re.compile(r"\{([^{}]*)\}")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Place = Annotated[str, Field(min_length=1)]


class Written(Strict):
    """One `[[service]]`, with its braces filled in."""

    name: Name
    region: Annotated[str, Field(pattern=r"^[a-z]+-[a-z]+\d+$")]
    project: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")]
    sources: tuple[Place, ...] = Field(min_length=1)
    checkout: Place = "."
    invokers: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """Where it runs, and the paths that its image is made of."""

    name: str
    project: str
    region: str
    checkout: Path
    sources: tuple[str, ...]
    invokers: frozenset[str] | None
    """Who may call it; None where that is declared elsewhere, or nobody has said."""

    def is_declared_by(self, told: Parameters) -> bool:
        """Whether `deploy/*.yaml` declare it."""
        said = (told.service, told.project, told.region)
        return (self.name, self.project, self.region) == said


def read_services(file: Path, told: Parameters) -> tuple[Service, ...]:
    """Whatever is wrong is named with its line; a path that doesn't exist is wrong."""
    lines = _lines(file)
    try:
        tree = tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file.name}: {error}") from error
    places = _places(lines)
    faults = [
        (_first(lines, name), f"there is no {name} here, only [[service]]")
        for name in tree.keys() - {"service"}
    ]
    found: list[Service] = []
    written = tree.get("service", [])
    if not isinstance(written, list) or len(written) != len(places):
        raise UsageError(f"{file.name}: write each service under a [[service]] of its own")
    for where, one in zip(places, written, strict=True):
        try:
            read = Written.model_validate(_filled({"project": told.project, **one}, told.names))
        except ValidationError as error:
            faults += [
                (where.get(str(fault["loc"][0]), where[""]), _said(fault["loc"], fault["msg"]))
                for fault in error.errors(include_url=False, include_context=False)
            ]
            continue
        except KeyError as error:
            faults.append((where[""], f"there is no {{{error.args[0]}}}"))
            continue
        faults += [(where["sources"], why) for why in _absent(read)]
        found.append(_service(read))
    if not faults and not any(one.is_declared_by(told) for one in found):
        faults.append((1, f"{told.service} of {told.project} in {told.region} isn't named"))
    if faults:
        raise UsageError("; ".join(f"{file.name}:{line}: {why}" for line, why in sorted(faults)))
    return tuple(found)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror or error}") from error


def _places(lines: list[str]) -> list[dict[str, int]]:
    """Of each service the line of each of its keys; of the service itself under no name."""
    found: list[dict[str, int]] = []
    for number, line in enumerate(lines, start=1):
        if HEADER.match(line):
            found.append({"": number})
        elif found and (key := KEY.match(line)):
            found[-1].setdefault(key.group(1).strip('"'), number)
    return found


def _first(lines: list[str], name: str) -> int:
    for number, line in enumerate(lines, start=1):
        named = KEY.match(line) or TABLE.match(line)
        if named and named.group(1).strip('"') == name:
            return number
    return 1


def _filled(value: object, names: Mapping[str, str]) -> object:
    """`{service}` and its like, as the YAML files have them."""
    if isinstance(value, dict):
        return {name: _filled(one, names) for name, one in value.items()}
    if isinstance(value, list):
        return tuple(_filled(one, names) for one in value)
    if isinstance(value, str):
        return BRACES.sub(lambda found: names[found.group(1)], value)
    return value


def _said(key: tuple[int | str, ...], message: str) -> str:
    said = "there is no such key" if message.startswith("Extra inputs") else message
    return f"{'.'.join(map(str, key))}: {said}"


def _absent(one: Written) -> list[str]:
    root = Path(one.checkout)
    if not root.is_dir():
        return [f"{one.name}'s checkout {one.checkout} is no folder"]
    gone = [path for path in one.sources if not (root / path).exists()]
    return [f"{one.name}'s source {path} doesn't exist in {root.resolve().name}" for path in gone]


def _service(one: Written) -> Service:
    return Service(
        name=one.name,
        project=one.project,
        region=one.region,
        checkout=Path(one.checkout),
        sources=one.sources,
        invokers=None if one.invokers is None else frozenset(one.invokers),
    )
