"""`tipoff audit demonstrate`: what a leak is worth in a backtest, and the audit that finds it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from clients.options import WAIT, JsonOption, WaitOption
from clients.printing import put_json, put_table, say
from clients.season_in_memory import season_in_memory
from pipeline.audit.backtest import BREAK_EVEN
from pipeline.audit.demonstration import (
    CACHE,
    Demonstration,
    Pass,
    demonstrate,
    raw_tables,
)
from pipeline.audit.planting import DOOR
from processors.registry import load


def demonstration(
    edge: Annotated[
        float, typer.Option("--edge", min=0.5, help="A bet wants the mean so far from the line.")
    ] = 3.0,
    warehouse: Annotated[
        str | None,
        typer.Option(
            "--warehouse",
            metavar="ADDRESS",
            help="duckdb:///path/file.duckdb; else TIPOFF_WAREHOUSE, else a sample league.",
        ),
    ] = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Bet on a five-game mean, honestly and with a leak planted, and let the audit find the leak.

    On a season's raw tables, copied into memory. Exit code 1 where it did not show what it must.
    """
    registry = load()
    with season_in_memory(registry, raw_tables(registry), warehouse, wait) as (own, address):
        shown = demonstrate(own, registry, edge, say)
    if json:
        put_json(_as_json(shown, address))
    else:
        show(shown, address)
    return 0 if shown.is_shown else 1


def show(shown: Demonstration, address: str | None) -> None:
    """For people; a sentence that judges stands only where it was checked."""
    _say(
        f"{shown.season} of {address or 'a sample league'}, computed from its raw tables.",
        "Each bet sets a mean of the player's points in games before the date against his line",
        f"before tip-off: over where the mean is at least {shown.edge:g} points above it, under"
        f" where it is at least {shown.edge:g} below.",
        f"At odds of -110 bets pay where more than {BREAK_EVEN:.1%} are won.",
        "",
        "1. Honest: the statements as they stand",
    )
    _show_pass(shown.honest)
    _say("", f"2. With a leak planted: {DOOR} lets the evening itself through")
    for old, new in shown.planted.changes:
        _say(f"   {old}", f"   becomes {new}")
    _show_pass(shown.leaked)
    _say(
        "",
        f"3. The audit of {shown.day}: whatever the date must not know is deleted, falsified and"
        " doubled,",
        "   and no row of it may move",
    )
    _show_verdicts("honest", shown.honest)
    _show_verdicts("with the leak", shown.leaked)
    _show_leak(shown.leaked.leak_of(DOOR))
    _show_bet(shown)
    _say("", "4. What was to be shown")
    for one in shown.claims:
        _say(f"   {'yes' if one.holds else 'NO '}  {one.says}")
    if shown.is_shown:
        _say(
            "",
            "The backtest took the leak for skill; the audit told the two apart. For your own"
            " tables: tipoff audit blindness",
        )


def _show_pass(one: Pass) -> None:
    put_table(
        "",
        ["mean of", "won", "lost", "pushed", "won of decided", "95 % interval"],
        [
            [
                rate.mean_of,
                f"{rate.won:,}",
                f"{rate.lost:,}",
                f"{rate.pushed:,}",
                f"{rate.share:.1%}",
                " to ".join(f"{bound:.1%}" for bound in rate.interval),
            ]
            for rate in one.rates.values()
        ],
    )
    _show_gates(one)


def _show_gates(one: Pass) -> None:
    """What was kept from being published, and what was published all the same."""
    for refusal in one.refused:
        dates = "1 date," if refusal.dates == 1 else f"{refusal.dates:,} dates, the first"
        _say(
            f"   Not published: {refusal.table}, {refusal.status.value} on {dates}"
            f" {refusal.first}: {refusal.reason}"
        )
    seen = one.foresight
    if one.refused and seen.means:
        _say(
            "   So the gates see a part of it. But there the honest rows still stand, and the"
            " averages go through:"
        )
    _say(
        f"   {seen.means:,} of {seen.of_means:,} means in {CACHE} count the evening that they are"
        f" to predict, on {seen.dates:,} of {seen.of_dates:,} dates."
    )


def _show_verdicts(which: str, one: Pass) -> None:
    for verdict in one.verdicts:
        _say(f"   {which}: {verdict.table} {verdict.word.value}: {verdict.reason}")


def _show_leak(leak: Mapping[str, Any]) -> None:
    """The audit's own evidence, taken apart."""
    if leak:
        _say(
            f"     statement  {DOOR}",
            f"     column     {', '.join(leak['columns'])}:"
            f" {_values(leak['stored'])}; without that row {_values(leak['recomputed'])}",
            f"     player     {_values(leak['entity'])}",
            f"     row        {leak['input']}: {_values(leak['row_key'])}",
        )


def _show_bet(shown: Demonstration) -> None:
    bet = shown.bet
    if bet:
        line = f"his line was {bet.line:g}" if bet.line is not None else "he had no line"
        _say(
            f"   {bet.player} scored {bet.points} that evening, {line}: his five-game mean is"
            f" {bet.honest:.1f} in the honest {CACHE} and {bet.leaked:.1f} in the leaked one."
        )


def _values(named: Mapping[str, object] | None) -> str:
    return ", ".join(str(value) for value in (named or {}).values())


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")


def _as_json(shown: Demonstration, address: str | None) -> dict[str, object]:
    return {
        "shown": shown.is_shown,
        "league": address or "sample",
        "season": shown.season,
        "date": shown.day,
        "edge": shown.edge,
        "break_even": BREAK_EVEN,
        "planted": [{"old": old, "new": new} for old, new in shown.planted.changes],
        "honest": _pass_as_json(shown.honest),
        "leaked": _pass_as_json(shown.leaked),
        "bet": asdict(shown.bet) if shown.bet else None,
        "claims": [asdict(one) for one in shown.claims],
    }


def _pass_as_json(one: Pass) -> dict[str, object]:
    return {
        "rates": [
            asdict(rate) | {"hit_rate": rate.share, "interval": rate.interval}
            for rate in one.rates.values()
        ],
        "verdicts": [
            {
                "table": verdict.table,
                "verdict": verdict.word.value,
                "reason": verdict.reason,
                "leak": verdict.evidence.get("leak"),
            }
            for verdict in one.verdicts
        ],
        "refused": [asdict(refusal) for refusal in one.refused],
        "foresight": asdict(one.foresight),
    }
