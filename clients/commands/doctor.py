"""`tipoff doctor`: whether a deployment is fit to work, check by check, before it does."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, settings_at
from clients.printing import put_json, put_table, say
from pipeline.days import parse_day
from pipeline.outcome import FAILED, WITH_FINDINGS

if TYPE_CHECKING:
    from clients.doctor.finding import Finding


def doctor(
    day: Annotated[
        str | None,
        typer.Option(
            "--date", metavar="DATE", help="Computed end to end; else the cheapest there is."
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Also where it reads more than 10 GB.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the rehearsal's tables where they are.")
    ] = False,
    subscription: Annotated[
        str | None, typer.Option("--subscription", help="The push subscription: its name or path.")
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help="The service; else TIPOFF_AUDIENCE.")
    ] = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Examine a deployment: rights, places, schema, one date twice. 1 failed, 2 unproven."""
    # Google's libraries, and the pipeline behind the checks, are loaded by this command only.
    from clients.doctor.check import examined
    from clients.doctor.finding import Verdict, worst
    from clients.doctor.opening import deployment_at
    from clients.doctor.visit import Asked, Visit

    asked = Asked(
        day=parse_day(day) if day else None,
        is_agreed=yes,
        is_kept=keep,
        subscription=subscription,
        url=url,
    )
    with deployment_at(settings_at(warehouse), wait) as found:
        findings = list(examined(Visit(found, asked).checks()))
    verdict = worst(findings)
    if json:
        put_json({"verdict": verdict, "findings": [asdict(one) for one in findings]})
    else:
        show(findings)
        counts = Counter(one.verdict for one in findings)
        say(", ".join(f"{counts[one]} {one}" for one in Verdict if counts[one]))
    if verdict is Verdict.FAILED:
        return FAILED.exit_code
    return 0 if verdict is Verdict.PASSED else WITH_FINDINGS.exit_code


def show(findings: list[Finding]) -> None:
    put_table(
        "what was examined",
        ["check", "verdict", "found", "what to do"],
        [[one.name, one.verdict, one.says, one.do] for one in findings],
    )
