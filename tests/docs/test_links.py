"""Every link of the pages leads somewhere: to a file that is there, and to a heading of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """As GitHub makes them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        for heading in HEADING.findall(FENCED.sub("", page.read_text()))
    }


def faults(page: Path) -> list[str]:
    found = []
    for file, anchor in LINK.findall(FENCED.sub("", page.read_text())):
        target = (page.parent / file).resolve() if file else page
        if not target.exists():
            found.append(f"{file} is not there")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            found.append(f"{file} has no heading {anchor!r}")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path) -> None:
    assert faults(page) == []


def test_what_leads_nowhere(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `page`, here\n[a](#a-page-here) [b](#b) [c](c.md) [d](https://d/)")
    assert faults(page) == [" has no heading 'b'", "c.md is not there"]
