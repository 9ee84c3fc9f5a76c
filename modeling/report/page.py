"""The report as one HTML file: style and plots inside, nothing from anywhere else."""

from __future__ import annotations

from pathlib import Path

from modeling.report.charts import Series, Whisker, bars, diagonal, lines, whiskers
from modeling.report.report import Report
from modeling.report.summary import Summary

TEMPLATE = Path(__file__).with_name("report.html")
MOST_FEATURES = 20


def as_page(report: Report) -> str:
    """Readable without a script."""
    # Only who writes a page waits for it.
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    # Set here, so that whatever a name holds is text.
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    plots = {name: Markup(svg) for name, svg in _plots(report).items()}  # noqa: S704 - our own
    return made.from_string(TEMPLATE.read_text()).render(
        report=report, about=report.about, summary=report.summary, plots=plots
    )


def _plots(report: Report) -> dict[str, str]:
    summary = report.summary
    return {
        "months": _months(summary),
        "tiers": bars(
            "Bias by scoring tier", [(one.name, one.model.bias) for one in summary.tiers], 2
        ),
        "calibration": diagonal(
            "Predicted against scored, in tenths of the rows",
            [(one.predicted, one.actual, one.n) for one in summary.calibration],
        ),
        "hits": whiskers(
            "Hit rate by edge with its 95 % interval",
            [
                Whisker(
                    name=f"{against.source.value} {side} at {one.edge:g}",
                    value=hits.rate,
                    low=hits.interval[0],
                    high=hits.interval[1],
                )
                for against in summary.lines
                for one in against.picks
                for side, hits in (("all", one.all), ("over", one.over), ("under", one.under))
                if hits.rate is not None
            ],
            report.break_even,
        ),
        "importance": bars(
            "Feature importance in percent",
            [(one.feature, 100 * one.share) for one in summary.importance[:MOST_FEATURES]],
            1,
        ),
    }


def _months(summary: Summary) -> str:
    named = [one.name for one in summary.months]
    return lines(
        "MAE by month",
        named,
        [
            Series(name="model", kind="model", values=[one.model.mae for one in summary.months]),
            Series(name="mean of 5", kind="first", values=[one.five.mae for one in summary.months]),
            Series(name="blend", kind="second", values=[one.blend.mae for one in summary.months]),
        ],
    )
