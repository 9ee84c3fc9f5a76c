"""Whether what answers is what gets the traffic, and whose commit is believed."""

from __future__ import annotations

import pytest

from clients.drift.finding import Word
from clients.drift.running import answering, of_revision
from clients.drift.serving import Serving, Traffic
from service.models.answers import Version

URL, COMMIT = "https://tipoff.run.app", "4a" * 20


def version(revision: str | None) -> Version:
    return Version(
        version="0.1.0",
        commit=COMMIT,
        built_at=None,
        revision=revision,
        engine="duckdb",
        logic_versions={},
        settings={},
        schema_state="as contracted (x)",
    )


def traffic(*names: str) -> Traffic:
    serving = tuple(Serving(name=one, percent=50, fields={}, commits={}) for one in names)
    return Traffic(serving=serving, missing=(), latest_ready=None, latest_created=None)


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ()])
def test_who_does_not_say_its_revision_is_not_taken_for_any(names: tuple[str, ...]) -> None:
    """Another service at that address, or a proxy of one: its commit is no revision's."""
    (found,) = of_revision(URL, version(None), traffic(*names))
    assert found.word is Word.UNDETERMINED
    assert "doesn't say which revision" in found.says
    assert answering(version(None), traffic(*names)) == {}


def test_who_says_it_is_held_to_the_traffic() -> None:
    assert list(of_revision(URL, version("b"), traffic("a", "b"))) == []
    assert answering(version("b"), traffic("a", "b")) == {"b": COMMIT}
    (found,) = of_revision(URL, version("c"), traffic("a", "b"))
    assert (found.word, found.found) == (Word.DIFFERS, "c")


def test_without_traffic_or_answer_others_say_why() -> None:
    assert list(of_revision(URL, version(None), None)) == []
    assert list(of_revision(URL, "no answer", traffic("a"))) == []
    assert answering("no answer", traffic("a")) == {}
