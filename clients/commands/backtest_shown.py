"""A backtest for people: what it comes to, what is suspicious, which gates hold."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import asdict

from clients.printing import put_table
from modeling.comparing import Compared
from modeling.report.report import Report
from modeling.report.summary import AgainstLine, Group, Standing

MOST_FEATURES = 10


def show(report: Report) -> None:
    """The same numbers as the page, without the plots."""
    about, summary = report.about, report.summary
    _say(
        f"{about.name}: {about.framework} on {about.feature_set}"
        + (" without 25-28" if about.no_vegas else "")
        + f", loss {about.loss}, {about.rows:,} player-games from {about.first} to {about.last},"
        f" {len(report.fits)} fits",
        f"not ready for the set {about.not_ready:,}, without a line and not counted"
        f" {about.without_line:,}, with too little before them {about.without_model:,}",
    )
    _show_standings("everybody", summary.all)
    _show_standings("players with ten games behind them", summary.settled)
    if summary.listed:
        _show_standings("players with a line", summary.listed)
    _show_groups("month", summary.months)
    _show_groups("tier", summary.tiers)
    for against in summary.lines:
        _show_line(against, report.break_even)
    put_table(
        "calibration, in tenths of the rows",
        ["rows", "predicted", "scored"],
        [
            [f"{one.n:,}", _number(one.predicted), _number(one.actual)]
            for one in summary.calibration
        ],
    )
    put_table(
        "what it goes by",
        ["feature", "share"],
        [[one.feature, f"{one.share:.1%}"] for one in summary.importance[:MOST_FEATURES]],
    )
    _show_flags(report)
    put_table(
        "gates",
        ["gate", "", "wants", "found"],
        [
            [one.name, "passed" if one.passed else "FAILED", one.wants, one.found]
            for one in report.gates
        ],
    )


def _show_standings(title: str, standings: Sequence[Standing]) -> None:
    put_table(
        title,
        ["predictor", "rows", "MAE", "RMSE", "bias", "model - it", "95 % interval"],
        [
            [
                one.predictor,
                f"{one.errors.n:,}",
                _number(one.errors.mae),
                _number(one.errors.rmse),
                f"{one.errors.bias:+.3f}",
                f"{one.model_ahead.mae:+.3f}" if one.model_ahead else "",
                f"{one.model_ahead.low:+.3f} to {one.model_ahead.high:+.3f}"
                if one.model_ahead
                else "",
            ]
            for one in standings
        ],
    )


def _show_groups(title: str, groups: Sequence[Group]) -> None:
    put_table(
        "",
        [
            *(title, "rows", "MAE", "RMSE", "bias", "MAE of the mean of 5", "of the blend"),
            *("with a line", "MAE", "RMSE", "bias", "MAE of the line"),
        ],
        [
            [
                one.name,
                f"{one.model.n:,}",
                _number(one.model.mae),
                _number(one.model.rmse),
                f"{one.model.bias:+.3f}",
                _number(one.five.mae),
                _number(one.blend.mae),
                f"{one.listed.n:,}",
                *(_known(value) for value in (one.listed.mae, one.listed.rmse)),
                f"{one.listed.bias:+.3f}" if one.listed.n else "",
                _known(one.line.mae),
            ]
            for one in groups
        ],
    )


def _show_line(against: AgainstLine, break_even: float) -> None:
    put_table(
        f"against the line ({against.source.value}): {against.rows:,} rows, mean edge"
        f" {against.mean_edge:+.2f}, break-even {break_even:.2%}",
        ["edge", "side", "won", "lost", "pushed", "hit rate", "95 % interval"],
        [
            [
                f"{one.edge:g}",
                side,
                f"{hits.won:,}",
                f"{hits.lost:,}",
                f"{hits.pushed:,}",
                f"{hits.rate:.1%}" if hits.rate is not None else "",
                " to ".join(f"{bound:.1%}" for bound in hits.interval),
            ]
            for one in against.picks
            for side, hits in (("all", one.all), ("OVER", one.over), ("UNDER", one.under))
        ],
    )


def _show_flags(report: Report) -> None:
    if not report.flags:
        return
    _say("", "TOO GOOD TO BE TRUE")
    for one in report.flags:
        _say(f"  {one.says}")
    _say("before anybody believes it:")
    _say(*(f"  {check}" for check in report.flags[0].checks), "")


def show_compared(found: Sequence[Compared]) -> None:
    put_table(
        f"{len(found)} backtests; differences are of MAE to {found[0].name}, on the rows of both",
        [
            *("run", "framework", "set", "loss", "from", "to", "rows", "MAE", "listed", "line"),
            *("at edge 3", "95 % interval", "difference", "95 % interval", "on", "gates failed"),
            "flags",
        ],
        [_compared_row(one) for one in found],
    )


def _compared_row(one: Compared) -> list[object]:
    hits, other = one.picks.all, one.against_first
    return [
        one.name,
        one.framework,
        one.feature_set,
        one.loss,
        one.first,
        one.last,
        f"{one.errors.n:,}",
        _number(one.errors.mae),
        _number(one.listed.mae) if one.listed.n else "",
        _number(one.line.mae) if one.line.n else "",
        f"{hits.rate:.1%} of {hits.decided:,}" if hits.rate is not None else "",
        " to ".join(f"{bound:.1%}" for bound in hits.interval) if hits.decided else "",
        f"{other.mae:+.4f}" if other and other.n else "",
        f"{other.low:+.4f} to {other.high:+.4f}" if other and other.n else "",
        f"{other.n:,}" if other else "",
        ", ".join(one.gates_failed) or "none",
        one.flags or "",
    ]


def compared_as_json(found: Sequence[Compared]) -> list[dict[str, object]]:
    """What is not known is null."""
    return [
        asdict(one)
        | {
            "hit_rate": one.picks.all.rate,
            "interval": one.picks.all.interval,
            "against_first": asdict(one.against_first)
            if one.against_first and one.against_first.n
            else None,
            "listed": asdict(one.listed) if one.listed.n else None,
            "line": asdict(one.line) if one.line.n else None,
        }
        for one in found
    ]


def _number(value: float) -> str:
    return f"{value:.3f}"


def _known(value: float) -> str:
    """Nothing where there are no rows."""
    return "" if math.isnan(value) else _number(value)


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
