"""Names and ids brought to one key a person."""

from __future__ import annotations

from datetime import date

import pytest

from league.importing.errors import ImportRefused
from league.importing.people import People, Spelling, people


def spelling(identity: str, name: str, *, year: int = 2023, box: bool = True) -> Spelling:
    return Spelling(identity, name, year, box, date(year, 11, 1), 1)


class TestName:
    def test_latest_boxscore_wins(self) -> None:
        who = people(
            [
                spelling("nba:1", "Jimmy Butler", year=2022),
                spelling("nba:1", "Jimmy Butler III", year=2023),
                spelling("nba:1", "J. Butler", year=2024, box=False),
            ]
        )
        assert who.persons[0].player_name == "Jimmy Butler III"
        assert who.persons[0].aliases == ("jbutler", "jimmybutler")

    def test_other_source_where_there_is_no_boxscore(self) -> None:
        assert people([spelling("nba:1", "A B", box=False)]).lookups == {"nba:1": "ab"}

    def test_given_in_the_mapping(self) -> None:
        who = people([spelling("nba:1", "A B")], names={"nba:1": "A C"})
        assert who.lookups == {"nba:1": "ac"}
        assert who.find("A B") == "ac"


class TestFind:
    @pytest.fixture
    def who(self) -> People:
        return people(
            [
                spelling("nba:1", "Larry Nance Jr."),
                spelling("nba:1", "Larry Nance", box=False),
                spelling("nba:2", "Marcus Morris"),
                spelling("nba:3", "Markieff Morris"),
                spelling("nba:2", "M. Morris", box=False),
                spelling("nba:3", "M. Morris", box=False),
            ],
            aliases={"Nance Larry": "Larry Nance"},
        )

    def test_own_key(self, who: People) -> None:
        assert who.find("larry nance JR") == "larrynancejr"

    def test_alias(self, who: People) -> None:
        assert who.find("Larry Nance") == "larrynancejr"

    def test_alias_of_the_mapping(self, who: People) -> None:
        assert who.find("Nance Larry") == "larrynancejr"

    def test_fits_two(self, who: People) -> None:
        assert who.find("M. Morris") is None

    def test_unknown(self, who: People) -> None:
        assert who.find("Nobody") is None


class TestShared:
    def test_same_season_names_both(self) -> None:
        with pytest.raises(ImportRefused) as caught:
            people([spelling("nba:1", "Jalen Smith"), spelling("nba:2", "Jalen Smith")])
        assert "Jalen Smith (nba:1) and Jalen Smith (nba:2)" in caught.value.message
        assert "[names]" in caught.value.message

    def test_other_season_is_a_finding(self) -> None:
        who = people([spelling("nba:1", "A B", year=2001), spelling("nba:2", "A B", year=2023)])
        assert who.lookups == {"nba:1": "ab", "nba:2": "ab"}
        assert who.persons[0].identities == ("nba:1", "nba:2")
        assert "different seasons" in who.shared[0]

    def test_two_providers_are_one_person(self) -> None:
        who = people([spelling("nba:1", "A B"), spelling("espn:7", "A B", box=False)])
        assert who.shared == ()
        assert who.persons[0].identities == ("espn:7", "nba:1")

    def test_other_provider_by_alias(self) -> None:
        who = people(
            [
                spelling("nba:1", "Larry Nance Jr.", year=2023),
                spelling("nba:1", "Larry Nance", year=2022),
                spelling("espn:7", "Larry Nance", box=False),
            ]
        )
        assert who.lookups == {"nba:1": "larrynancejr", "espn:7": "larrynancejr"}
