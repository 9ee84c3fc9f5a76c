"""Which code serves: what is told of a service by lists, a policy and a checkout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from clients.command import execute
from clients.drift import code
from clients.drift.asking import Asking
from clients.drift.finding import Finding, Word, worst
from clients.drift.services import Service
from processors.errors import GcloudFailed
from tests.deploy.conftest import TOLD
from tests.deploy.running import Run
from tests.drift.conftest import Checkout

IMAGE = f"host/grading@sha256:{'c' * 64}"


class Told:
    """Answers by kind of question, as gcloud would print them."""

    def __init__(self, run: Run, *callers: str) -> None:
        self.run, self.callers = run, callers
        self.hidden: set[str] = set()
        self.asked: list[str] = []

    def ask(self, words: Sequence[str]) -> Any:
        kind = " ".join(words[1:4])
        self.asked.append(kind)
        if kind in self.hidden:
            raise GcloudFailed("PERMISSION_DENIED")
        bindings = [{"role": "roles/run.invoker", "members": [*self.callers]}]
        return {
            "run services list": [*self.run.services.values()],
            "run revisions list": [*self.run.revisions.values()],
            "run services get-iam-policy": {"bindings": bindings},
        }[kind]


@pytest.fixture
def told(checkout: Checkout) -> Told:
    """One service, whose revision's label says the checkout's commit."""
    run = Run("p", "us-east1", "1")
    spec = {"containers": [{"image": IMAGE}]}
    body = {"metadata": {"name": "grading"}, "spec": {"template": {"spec": spec}}}
    run.create_service(body)
    told = Told(run)
    label(told, checkout.head)
    return told


def revision(told: Told) -> dict[str, Any]:
    return told.run.revisions[told.run.services["grading"]["status"]["latestReadyRevisionName"]]


def label(told: Told, commit: str) -> None:
    revision(told)["metadata"]["labels"]["commit-sha"] = commit


def findings(
    told: Told, checkout: Checkout, invokers: frozenset[str] | None = None, **running: str
) -> list[Finding]:
    service = Service(
        name="grading",
        project="p",
        region="us-east1",
        checkout=checkout.folder,
        sources=("code",),
        invokers=invokers,
    )
    asking = Asking(told)
    found = code.looked_up(asking, service)
    names = dict.fromkeys(told.run.revisions, running["answers"]) if running else {}
    return [
        *code.of_callers(asking, service, found.said),
        *code.of_traffic(found),
        *code.of_commits(found, names),
    ]


def unclean(found: list[Finding]) -> list[tuple[Word, str]]:
    return [(one.word, one.says) for one in found if one.word is not Word.CLEAN]


def test_clean(told: Told, checkout: Checkout) -> None:
    """A commit that touches something else is nothing to it."""
    checkout.write("docs/a.md", "other words")
    checkout.commit("words")
    found = findings(told, checkout)
    assert (unclean(found), worst(found), len(found)) == ([], Word.CLEAN, 3)
    short = revision(told)["metadata"]["labels"]["commit-sha"][:9]
    label(told, short)
    assert unclean(findings(told, checkout, answers=short)) == []


def test_since(told: Told, checkout: Checkout) -> None:
    for number in range(5):
        checkout.write("code/a.sql", f"SELECT {number} + 1")
        checkout.commit(f"change {number}")
    ((word, says),) = unclean(findings(told, checkout))
    assert word is Word.DIFFERS
    assert "since then 5 commits touched its sources: " in says
    assert "change 4; " in says
    assert says.endswith("; and 2 more")


def test_a_checkout_that_is_behind(told: Told, checkout: Checkout) -> None:
    checkout.write("code/b.sql", "SELECT 2")
    label(told, checkout.commit("deployed and not here"))
    checkout.git("reset", "--quiet", "--hard", "HEAD~1")
    ((word, says),) = unclean(findings(told, checkout))
    assert (word, "this checkout lacks 1 commit of it: " in says) == (Word.DIFFERS, True)


def test_not_committed(told: Told, checkout: Checkout) -> None:
    checkout.write("code/new.sql", "SELECT 2")
    ((word, says),) = unclean(findings(told, checkout))
    assert (word, "1 file of its sources not committed here: code/new.sql" in says) == (
        Word.DIFFERS,
        True,
    )


@pytest.mark.parametrize("commit", ["5b" * 20, "main", "--all", ""])
def test_a_commit_that_nobody_knows(told: Told, checkout: Checkout, commit: str) -> None:
    label(told, commit)
    ((word, _),) = unclean(findings(told, checkout))
    assert word is Word.UNDETERMINED


def test_two_commits(told: Told, checkout: Checkout) -> None:
    """A label that stayed when another image came."""
    first = checkout.head
    checkout.write("docs/a.md", "more")
    ((word, says),) = unclean(findings(told, checkout, answers=checkout.commit("words")))
    assert word is Word.DIFFERS
    assert f"its label commit-sha says {first[:12]}; what answers says " in says


def test_no_repository(told: Told, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ((word, says),) = unclean(findings(told, checkout))
    assert (word, says) == (Word.UNDETERMINED, "git isn't on the path")


def test_everybody_may_call(told: Told, checkout: Checkout) -> None:
    told.callers = ("allUsers", "user:a@example.com")
    ((word, says),) = unclean(findings(told, checkout))
    assert (word, says) == (Word.DIFFERS, "roles/run.invoker is granted to allUsers")
    told.callers = ()
    template = told.run.services["grading"]["metadata"]["annotations"]
    template["run.googleapis.com/invoker-iam-disabled"] = "true"
    ((_, says),) = unclean(findings(told, checkout))
    assert says.startswith("anybody may call it")


def test_callers_that_are_named(told: Told, checkout: Checkout) -> None:
    told.callers = ("user:a@example.com", "user:b@example.com")
    named = frozenset({"user:a@example.com", "user:c@example.com"})
    assert unclean(findings(told, checkout, named)) == [
        (Word.DIFFERS, "user:b@example.com may call it, and isn't named"),
        (Word.DIFFERS, "user:c@example.com may not call it"),
    ]
    told.callers = tuple(named)
    assert unclean(findings(told, checkout, named)) == []


@pytest.mark.parametrize(
    "hidden", ["run services list", "run revisions list", "run services get-iam-policy"]
)
def test_hidden(told: Told, checkout: Checkout, hidden: str) -> None:
    told.hidden = {hidden}
    ((word, says),) = unclean(findings(told, checkout))
    assert (word, says) == (Word.UNDETERMINED, "PERMISSION_DENIED")
    assert len(told.asked) == len({*told.asked}), "each question once"


def test_not_there(told: Told, checkout: Checkout) -> None:
    told.run.services.clear()
    ((word, says),) = unclean(findings(told, checkout))
    assert (word, says) == (Word.DIFFERS, "is not in p in us-east1")


def test_no_digest_and_no_traffic(told: Told, checkout: Checkout) -> None:
    container = revision(told)["spec"]["containers"][0]
    container["image"] = "host/grading:latest"
    del revision(told)["status"]["imageDigest"]
    ((word, says),) = unclean(findings(told, checkout))
    assert (word, "by no digest: host/grading:latest" in says) == (Word.UNDETERMINED, True)
    told.run.services["grading"]["status"]["traffic"] = []
    assert (Word.DIFFERS, "no revision gets any traffic") in unclean(findings(told, checkout))


def test_nothing_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No gcloud, no service: all of it is undetermined, none of it clean."""
    monkeypatch.setenv("PATH", str(tmp_path))
    words = ["--project", TOLD["project"], "--project-number", TOLD["project_number"]]
    where = ["--ask", "http://127.0.0.1:9", "--identity", "none", "--json"]
    assert execute(["drift", *words, *where]) == 2
    said = json.loads(capsys.readouterr().out)
    assert {one["word"] for one in said["findings"]} == {"undetermined"}
    assert {one["part"] for one in said["findings"]} == {
        *("deployed", "access", "traffic", "running", "tables", "data")
    }
    assert said["plan"] == {"commands": [], "by_hand": [], "waiting": []}
    assert execute(["drift", *words, *where[:-1]]) == 2
    out = capsys.readouterr()
    assert "gcloud isn't on the path" in out.out
    assert out.err.startswith("undetermined: ")
