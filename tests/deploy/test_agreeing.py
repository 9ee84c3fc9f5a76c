"""Who may call, and who may read a secret: what the files must say together."""

from __future__ import annotations

from pathlib import Path

import pytest

from clients.deploying.agreeing import READER, checked
from clients.deploying.commands import plan
from clients.deploying.declared import read_declared
from clients.deploying.differences import INVOKER, differences
from clients.deploying.resource import Grant, Place, State
from processors.errors import UsageError
from tests.deploy.conftest import TOLD
from tests.deploy.spoiling import spoil

OPERATORS = "group:operators@example.com"
PEOPLE = """
people:
  - member: user:ada@example.com
    may:
      - roles/run.invoker on service {service}
  - member: group:operators@example.com
    may:
      - roles/run.invoker on service {service}
"""


def test_people_may_call_where_they_are_named(spoilt: Path) -> None:
    """Of a group the service can't know who is in it: those who are must be on its list."""
    spoil(spoilt / "accounts.yaml", "\npeople: []\n", PEOPLE)
    with pytest.raises(UsageError, match=r"ada@example\.com, who may call, is not in TIPOFF_ALLOW"):
        checked(read_declared(spoilt, TOLD))
    spoil(spoilt / "service.yaml", 'EMAILS: "', 'EMAILS: "ada@example.com,')
    declared = checked(read_declared(spoilt, TOLD))
    on_service = Place("service", "tipoff")
    people = {Grant(on_service, INVOKER, one) for one in ("user:ada@example.com", OPERATORS)}
    assert people <= declared.state.grants
    assert differences(declared.state, declared.state) == ()
    assert len([one for one in differences(declared.state, State()) if one.grant in people]) == 2


@pytest.mark.parametrize(
    ("file", "right"),
    [
        ("service.yaml", f"{READER} on secret odds-key"),
        ("job.yaml", f"{READER} on secret odds-key"),
        ("job.yaml", f"{READER} on project"),
    ],
)
def test_a_secret_whose_account_may_not_read_it_is_refused(
    file: str, right: str, spoilt: Path
) -> None:
    """Cloud Run starts no revision with it."""
    spoil(spoilt / file, "env:", "secrets: {ODDS_KEY: 'odds-key:latest'}\nenv:")
    words = rf"{file}'s ODDS_KEY is odds-key, .*gives tipoff-runtime no {READER} on secret odds-key"
    with pytest.raises(UsageError, match=words):
        checked(read_declared(spoilt, TOLD))
    spoil(spoilt / "accounts.yaml", "    may:\n", f"    may:\n      - {right}\n")
    declared = checked(read_declared(spoilt, TOLD))
    commands = plan(declared.parameters, declared.state, differences(declared.state, State()))
    words_of = [one.words for one in commands.commands]
    granted = next(number for number, one in enumerate(words_of) if f"--role={READER}" in one)
    if "secret" in right.partition(" on ")[2]:
        start = ("gcloud", "secrets", "add-iam-policy-binding", "odds-key")
        assert words_of[granted][:4] == start
    made = next(number for number, one in enumerate(words_of) if one[1:3] == ("run", "deploy"))
    assert granted < made, "a service starts with the rights that it needs"


@pytest.mark.parametrize(
    "member", ["allUsers", "ada@example.com", "user:Ada@Example.com", "domain:example.com"]
)
def test_who_is_no_person_and_no_group_is_refused(member: str, spoilt: Path) -> None:
    spoil(spoilt / "accounts.yaml", "\npeople: []\n", PEOPLE.replace(OPERATORS, member))
    with pytest.raises(UsageError, match=r"people\.1\.member: .*pattern"):
        read_declared(spoilt, TOLD)
