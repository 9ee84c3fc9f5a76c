"""`services.toml`: what is wrong in it is named with its line, and nothing is guessed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from clients.deploying.declared import Declared
from clients.drift.services import read_services
from processors.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
OURS = """
[[service]]
name = "{service}"
region = "{region}"
sources = ["processors"]
"""


def read(tmp_path: Path, declared: Declared, text: str) -> str:
    """What is said against it."""
    file = tmp_path / "services.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as raised:
        read_services(file, declared.parameters)
    return raised.value.message


def test_ours(declared: Declared) -> None:
    """It names every package that goes into the image, and what the image is built by."""
    (ours,) = read_services(ROOT / "deploy" / "services.toml", declared.parameters)
    assert ours.is_declared_by(declared.parameters)
    assert (ours.name, ours.region, ours.project) == ("tipoff", "us-east1", "tipoff-test")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    built_by = {"pyproject.toml", "Dockerfile", "requirements/runtime.lock"}
    assert {one.rstrip("*") for one in packages} | built_by <= {*ours.sources}


def test_others(tmp_path: Path, declared: Declared) -> None:
    file = tmp_path / "services.toml"
    beside = f'checkout = "{tmp_path}"\nproject = "another-project"\ninvokers = ["user:a@b.c"]'
    (tmp_path / "grading").mkdir()
    text = f'[[service]]\nname = "grading"\nregion = "eu-west1"\nsources = ["grading"]\n{beside}\n'
    file.write_text(OURS + text)
    _, other = read_services(file, declared.parameters)
    assert (other.name, other.project, other.region) == ("grading", "another-project", "eu-west1")
    assert (other.checkout, other.invokers) == (tmp_path, frozenset({"user:a@b.c"}))
    assert not other.is_declared_by(declared.parameters)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            OURS.replace('["processors"]', '["processors", "procesors/precompute"]'),
            "services.toml:5: tipoff's source procesors/precompute doesn't exist",
        ),
        (OURS + 'souces = ["a"]', "services.toml:6: souces: there is no such key"),
        (OURS + 'checkout = "nowhere"', "tipoff's checkout nowhere is no folder"),
        (OURS + '[[service]]\nname = "Other"', "services.toml:6: region: Field required"),
        (OURS + '[[service]]\nname = "Other"', "services.toml:7: name: "),
        (OURS + "[services]\n", "services.toml:6: there is no services here"),
        (OURS.replace("{region}", "{regon}"), "services.toml:2: there is no {regon}"),
        (OURS.replace('["processors"]', "[]"), "services.toml:5: sources: "),
        (
            OURS.replace("{service}", "grading"),
            "services.toml:1: tipoff of tipoff-test in us-east1",
        ),
        ("service = 3", "write each service under a [[service]]"),
        ('service = [{name = "tipoff"}]', "write each service under a [[service]]"),
        ("", "services.toml:1: tipoff of tipoff-test"),
        ("[[service]\n", "services.toml: "),
    ],
)
def test_refused(tmp_path: Path, declared: Declared, text: str, told: str) -> None:
    assert told in read(tmp_path, declared, text)


def test_missing(tmp_path: Path, declared: Declared) -> None:
    with pytest.raises(UsageError, match="can't be read: No such file"):
        read_services(tmp_path / "services.toml", declared.parameters)
