"""Work: what runs is seen while it runs; what a button will do is said before it is done."""

from __future__ import annotations

import re
import subprocess

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.clients.serving import TIPOFF
from tests.page import world as at
from tests.page.browser import Visitor
from tests.page.conftest import Visiting
from tests.service.process import Served

PATIENCE_MS = 30_000


def confirmed(page: Page, action: str) -> None:
    """The last button, and its answer."""
    expect(page.get_by_text("Nothing has been done yet")).to_be_visible()
    page.get_by_role("button", name=action, exact=True).click()


def test_failed_action(visitor: Visitor) -> None:
    """The blocked date, run again: before it is done and afterwards, why it can't be."""
    page = visitor.open("/work")
    why = f"nba_raw.player_boxscores: 0 of 9 games of {at.BLOCKED} whole"
    failures = page.get_by_role("region", name="Last failures by reason")
    failures.get_by_role("row", name=why).get_by_role("link", name="Run again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Run {at.BLOCKED}?")
    expect(page.locator(".foretold")).to_contain_text(
        f"stays blocked. player_game_summary of {at.BLOCKED}: {why}"
    )
    confirmed(page, "Run")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Run of {at.BLOCKED}")
    expect(page.get_by_role("alert")).to_contain_text("blocked: an input is missing")
    expect(page.get_by_role("region", name="Outcomes")).to_contain_text(why)
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_role("region", name="Outcomes by reason")).to_contain_text(why)


def test_forced(visitor: Visitor, served: Served) -> None:
    """By force what is fresh is published again, and the page says so first."""
    page = visitor.open(f"/work/confirm?action=run&start={at.TRACED}&tables=player_daily_cache")
    expect(page.get_by_role("main")).to_contain_text("Nothing has to be computed.")
    page.get_by_role("link", name="By force instead").click()
    expect(page.get_by_role("main")).to_contain_text("publishes again")
    confirmed(page, "Run by force")
    expect(page.get_by_role("status").first).to_contain_text("completed")
    page.locator("main a.mono").first.click()
    expect(page.get_by_role("main")).to_contain_text("by force")
    run_id = page.url.rpartition("=")[2]
    told = httpx.get(f"{served.url}/runs", params={"run_id": run_id}).json()["runs"][0]
    assert told["request"]["force"] is True
    assert told["request"]["about"]["triggered_by"] == "operator page"
    assert [one["status"] for one in told["outcomes"]] == ["success"]


def test_reconcile(visitor: Visitor) -> None:
    """What it would do is said; here it isn't done."""
    page = visitor.open("/work")
    page.get_by_label("Days before today").fill("3")
    page.get_by_role("button", name="See what a reconciliation would do").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reconcile the last 3 days")
    expect(page.get_by_role("region", name="What is computed")).to_contain_text(str(at.REJECTED))


def test_replay(visitor: Visitor) -> None:
    """A dead letter whose cause is gone leaves the list; one that can't be read stays."""
    page = visitor.open("/work")
    letters = page.get_by_role("region", name="Dead letters", exact=True)
    expect(letters.get_by_role("row")).to_have_count(4)
    rows = {"mended": "no row of 140", "unreadable": "no push of Pub/Sub"}
    letters.get_by_role("row", name=rows["mended"]).get_by_role("link", name="Replay").click()
    confirmed(page, "Replay")
    expect(page.get_by_role("heading", level=1)).to_have_text("The letter is replayed")
    page.get_by_role("link", name="Back to the work").click()
    expect(letters.get_by_role("row")).to_have_count(3)
    letters.get_by_role("row", name=rows["unreadable"]).get_by_role("link", name="Replay").click()
    expect(page.get_by_role("main")).to_contain_text("A replay computes nothing now")
    confirmed(page, "Replay")
    expect(page.get_by_role("heading", level=1)).to_have_text("The letter waits on")
    visitor.open("/work")
    expect(letters.get_by_role("row")).to_have_count(3)


def test_backfill_running(visitor: Visitor, served: Served) -> None:
    """The page is opened before it begins, and moves by itself until it is done."""
    page = visitor.open("/work")
    running = page.locator("#running")
    expect(running).to_contain_text("no backfill running")
    first, last = at.MISSING
    command = [TIPOFF, "backfill", "--start", str(first), "--end", str(last), "--yes", "--json"]
    options = ["--warehouse", f"duckdb://{served.file}", "--rate", "1", "--in-flight", "1"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as client:
        try:
            expect(running).to_contain_text("1 backfill running", timeout=PATIENCE_MS)
            card = page.get_by_role("article", name=re.compile("Backfill "))
            expect(card).to_contain_text("running")
            done = re.compile(r"(\d+) of \d+ dates asked so far are done")
            expect(card).to_contain_text(done)
            seen = done.search(card.inner_text())
            assert seen
            more = re.compile(rf"(?!{seen[1]} )\d+ of \d+ dates asked so far are done")
            expect(card).to_contain_text(more, timeout=PATIENCE_MS)
            assert client.poll() is None, "it was over before it was seen to move"
        finally:
            said, _ = client.communicate(timeout=60)
    assert '"done": 10' in said
    expect(running).to_contain_text("No run at work", timeout=PATIENCE_MS)


def test_service_gone(visitor: Visitor) -> None:
    """A page that gets no answer any more says so, rather than showing the past as now."""
    page = visitor.open("/work")
    page.route("**/work/running", lambda route: route.abort())
    expect(page.get_by_role("alert")).to_contain_text("No answer from the service")
    visitor.findings.clear()


@pytest.mark.parametrize("action", ["run", "reconcile", "replay"])
def test_from_another_site(visit: Visiting, served: Served, action: str) -> None:
    """Another site's form can't press the button, though the browser is let in."""
    with visit() as visitor:
        page = visitor.page
        page.route(
            "http://evil.example/",
            lambda route: route.fulfill(content_type="text/html", body="<form></form>"),
        )
        page.goto("http://evil.example/")
        with page.expect_response(f"**/work/{action}") as caught:
            page.evaluate(
                "(to) => { const form = document.forms[0]; form.method = 'post';"
                " form.action = to; form.submit(); }",
                f"{served.url}/work/{action}",
            )
        assert caught.value.status == 403
