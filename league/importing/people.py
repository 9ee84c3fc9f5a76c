"""Who is who: ids and spellings of all sources brought to one key a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from league.importing.errors import ImportRefused
from league.lookup import player_lookup


@dataclass(frozen=True)
class Spelling:
    """A name that a source gave an id in a season, and the last day it did so."""

    identity: str
    name: str
    season_year: int | None
    in_boxscore: bool
    last_day: date | None
    rows: int

    @property
    def weight(self) -> tuple[bool, date, int, str]:
        return (self.in_boxscore, self.last_day or date.min, self.rows, self.name)


@dataclass(frozen=True)
class Person:
    """A row of the players table."""

    player_lookup: str
    player_name: str
    aliases: tuple[str, ...]
    identities: tuple[str, ...]


@dataclass(frozen=True)
class People:
    """Every id's key, every person, and which keys of theirs name nobody else."""

    lookups: Mapping[str, str]
    persons: tuple[Person, ...]
    shared: tuple[str, ...]
    declared: Mapping[str, str]

    @cached_property
    def known(self) -> frozenset[str]:
        return frozenset(person.player_lookup for person in self.persons)

    @cached_property
    def by_alias(self) -> dict[str, str]:
        return {alias: person.player_lookup for person in self.persons for alias in person.aliases}

    def find(self, name: str) -> str | None:
        """The person whom a name without an id means, if it means one."""
        key = player_lookup(self.declared.get(name, name))
        return key if key in self.known else self.by_alias.get(key)


def people(
    spellings: Iterable[Spelling],
    *,
    names: Mapping[str, str] | None = None,
    aliases: Mapping[str, str] | None = None,
) -> People:
    """One person a key: named as the box scores last did, with the other spellings as aliases."""
    by_identity: dict[str, list[Spelling]] = defaultdict(list)
    for spelling in spellings:
        by_identity[spelling.identity].append(spelling)
    named = {
        identity: (names or {}).get(identity) or max(listed, key=lambda one: one.weight).name
        for identity, listed in by_identity.items()
    }
    lookups = {identity: player_lookup(name) for identity, name in named.items()}
    lookups |= known_under_another_name(lookups, by_identity)
    together: dict[str, list[str]] = defaultdict(list)
    for identity, lookup in sorted(lookups.items()):
        together[lookup].append(identity)
    shared = tuple(
        one
        for lookup, identities in together.items()
        for one in clashes(lookup, identities, named=named, by_identity=by_identity)
    )
    spelled: dict[str, set[str]] = defaultdict(set)
    for identity, listed in by_identity.items():
        for spelling in listed:
            spelled[player_lookup(spelling.name)].add(lookups[identity])
    persons = tuple(
        Person(
            player_lookup=lookup,
            player_name=named[best_of(identities, by_identity)],
            aliases=tuple(
                sorted(
                    key
                    for key, whose in spelled.items()
                    if whose == {lookup} and key not in together
                )
            ),
            identities=tuple(identities),
        )
        for lookup, identities in sorted(together.items())
    )
    return People(lookups, persons, shared, aliases or {})


def known_under_another_name(
    lookups: Mapping[str, str], by_identity: Mapping[str, list[Spelling]]
) -> dict[str, str]:
    """Bring another provider's id to the box-score player whose other spelling it is named by."""
    played = {
        one for one, listed in by_identity.items() if any(name.in_boxscore for name in listed)
    }
    own = {lookups[one] for one in played}
    spelled: dict[str, set[str]] = defaultdict(set)
    for one in played:
        for spelling in by_identity[one]:
            spelled[player_lookup(spelling.name)].add(one)
    found: dict[str, str] = {}
    for one, lookup in lookups.items():
        whose = spelled.get(lookup, set())
        if one not in played and lookup not in own and len(whose) == 1:
            other = next(iter(whose))
            if other.split(":")[0] != one.split(":")[0]:
                found[one] = lookups[other]
    return found


def best_of(identities: Iterable[str], by_identity: Mapping[str, list[Spelling]]) -> str:
    return max(identities, key=lambda one: max(spelling.weight for spelling in by_identity[one]))


def seasons_of(spellings: Iterable[Spelling]) -> set[int]:
    return {one.season_year for one in spellings if one.season_year is not None}


def clashes(
    lookup: str,
    identities: list[str],
    *,
    named: Mapping[str, str],
    by_identity: Mapping[str, list[Spelling]],
) -> Iterable[str]:
    """Name two ids of one provider under one key; in one season they end the import."""
    for place, one in enumerate(identities):
        for other in identities[place + 1 :]:
            if one.split(":")[0] != other.split(":")[0]:
                continue
            both = f"{named[one]} ({one}) and {named[other]} ({other})"
            seasons = seasons_of(by_identity[one]) & seasons_of(by_identity[other])
            if seasons:
                raise ImportRefused(
                    f"{both} share the key `{lookup}` in season {min(seasons)}."
                    " Tell them apart under [names] in the mapping:"
                    f' "{other}" = "another spelling".',
                    identities=(one, other),
                )
            yield f"{both} share the key `{lookup}`, in different seasons"
