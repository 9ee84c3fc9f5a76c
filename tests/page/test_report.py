"""A backtest's report in a browser: one file that asks for nothing, for everybody to read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from modeling.backtest import run_backtest
from modeling.report.page import as_page
from modeling.report.report import make_report
from tests.modeling.small import asked, make_rows
from tests.page.accessibility import grave_findings
from tests.page.browser import DESK, PHONE, visiting

WAYS: dict[str, dict[str, Any]] = {
    "desk": {"color_scheme": "light", "viewport": DESK},
    "phone": {"color_scheme": "dark", "viewport": PHONE, "has_touch": True, "is_mobile": True},
}
HOSTILE = "<img src=https://example.com/x onerror=alert(1)>"
PLOTS = 5


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    done = run_backtest(make_rows(), asked())
    done = replace(done, asked=replace(done.asked, name=HOSTILE))
    path = Path(tmp_path_factory.mktemp("report") / "report.html")
    path.write_text(as_page(make_report(done)))
    return path.as_uri()


@pytest.mark.parametrize("way", WAYS)
def test_needs_nothing(browser: Browser, report: str, way: str) -> None:
    with visiting(browser, report, **WAYS[way]) as visitor:
        visitor.page.goto(report)
        assert [one.url for one in visitor.answers] == [report]
        assert visitor.page.locator("svg[role=img]").count() == PLOTS
        shapes = visitor.page.locator("svg circle, svg rect, svg polyline")
        assert all(shape.bounding_box() for shape in shapes.all()[:3])
        assert visitor.page.locator("h1").inner_text() == HOSTILE
        assert grave_findings(visitor.page) == []
        page = visitor.page.evaluate("document.scrollingElement.scrollWidth")
        assert page <= WAYS[way]["viewport"]["width"]


def test_without_a_script(browser: Browser, report: str) -> None:
    with visiting(browser, report, java_script_enabled=False) as visitor:
        visitor.page.goto(report)
        assert visitor.page.get_by_text("break-even 52.4%").count() > 0
        assert visitor.page.locator("th", has_text="with a line").count() == 2
