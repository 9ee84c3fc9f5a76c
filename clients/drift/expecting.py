"""What a caller expects of a service: the code of this checkout."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version as installed

from processors.registry import Registry
from service.models.answers import Version


@dataclass(frozen=True)
class Disagreement:
    """One thing that is one way here and another there."""

    what: str
    here: str
    there: str

    def __str__(self) -> str:
        return f"{self.what} is {self.there} there and {self.here} here"


def disagreements(there: Version, registry: Registry) -> list[Disagreement]:
    """Of code that computes; a commit says nothing of that, for it may touch the docs."""
    here = {one.table: one.logic_version for one in registry}
    found = [
        Disagreement(table, here.get(table, "none"), there.logic_versions.get(table, "none"))
        for table in dict.fromkeys([*here, *there.logic_versions])
        if here.get(table) != there.logic_versions.get(table)
    ]
    mine = installed("tipoff")
    if mine != there.version:
        found.insert(0, Disagreement("version", mine, there.version))
    return found
