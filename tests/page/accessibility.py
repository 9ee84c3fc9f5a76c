"""axe-core, run in a page as it stands."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SOURCE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
GRAVE = frozenset({"serious", "critical"})
RUN = "() => axe.run(document, {resultTypes: ['violations']})"


def grave_findings(page: Page) -> list[str]:
    """A line for each element that somebody couldn't read or use."""
    # Evaluated by the browser's debugger: a page's own policy would forbid the script.
    page.evaluate(SOURCE)
    return [
        f"{rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for rule in page.evaluate(RUN)["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
