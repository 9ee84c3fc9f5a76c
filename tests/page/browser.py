"""The machine's Chromium, and a visitor in it who hears whatever goes wrong on a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Response,
    Route,
    sync_playwright,
)

from tests.requiring import missing

PROGRAMS = ("chromium-headless-shell", "chromium")
"""The first that there is: the shell is the same without what draws on a screen, and quicker."""
ARGUMENTS = (
    "--no-sandbox",  # containers run as root
    "--disable-dev-shm-usage",  # and many have too little of it, or none
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
)
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
PATIENCE_MS = 10_000
UNSUCCESSFUL = "Failed to load resource: the server responded with a status of"


@dataclass
class Visitor:
    """One tab. What it hears that a page of ours never does is a finding."""

    page: Page
    url: str
    findings: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def open(self, address: str, *, code: int = 200) -> Page:
        """A page of the service, once it has settled."""
        answer = self.page.goto(f"{self.url}{address}")
        assert answer is not None
        assert answer.status == code, f"{address}: {answer.status}"
        return self.page

    def open_date(self, day: date) -> Page:
        return self.open(f"/dates/{day}")

    def hear(self, message: ConsoleMessage) -> None:
        # An error page's own code is no fault of it; that of a part is found in `take`.
        if message.type in ("error", "warning") and not message.text.startswith(UNSUCCESSFUL):
            self.findings.append(f"{self.page.url}: {message.type}: {message.text}")

    def see(self, error: Exception) -> None:
        self.findings.append(f"{self.page.url}: {error}")

    def be_asked(self, dialog: Dialog) -> None:
        """Also what a script of a hostile name would come to."""
        self.findings.append(f"{self.page.url} opens a dialog: {dialog.message}")
        dialog.dismiss()

    def take(self, answer: Response) -> None:
        self.answers.append(answer)
        if answer.status >= 400 and not answer.request.is_navigation_request():
            self.findings.append(f"{self.page.url}: {answer.status} of {answer.url}")

    def let_by(self, route: Route) -> None:
        """Only to the service."""
        if urlsplit(route.request.url).netloc == urlsplit(self.url).netloc:
            route.continue_()
        else:
            self.findings.append(f"{self.page.url} asks {route.request.url}")
            route.abort()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser; skips, or fails, where the machine has none."""
    named = os.environ.get("CHROMIUM")
    program = next(filter(None, map(shutil.which, [named] if named else PROGRAMS)), None)
    if program is None:
        missing("chromium", "Chromium", f"{named or ' or '.join(PROGRAMS)} isn't installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser: Browser, url: str, **options: Any) -> Iterator[Visitor]:
    """In a profile of its own. Once it leaves, nothing may have been found."""
    context: BrowserContext = browser.new_context(**{"viewport": DESK, **options})
    context.set_default_timeout(PATIENCE_MS)
    try:
        visitor = Visitor(context.new_page(), url)
        context.route("**/*", visitor.let_by)
        visitor.page.on("console", visitor.hear)
        visitor.page.on("pageerror", visitor.see)
        visitor.page.on("dialog", visitor.be_asked)
        visitor.page.on("response", visitor.take)
        yield visitor
        assert visitor.findings == []
    finally:
        context.close()
