"""`tipoff smoke`: whether what was just deployed works, before it gets traffic."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from clients.commands.doctor import show
from clients.options import JsonOption
from clients.printing import put_json
from pipeline.outcome import FAILED
from processors.errors import UsageError

WAIT_SECONDS = 120.0


def smoke(
    url: Annotated[str, typer.Option("--url", help="Where it answers: the tagged revision.")],
    commit: Annotated[str, typer.Option("--commit", help="Which it must be, in full.")],
    audience: Annotated[
        str | None,
        typer.Option("--audience", help="The service's own URL, which tokens name; else --url."),
    ] = None,
    day: Annotated[
        str, typer.Option("--date", metavar="DATE", help="Planned there, by a dry run.")
    ] = "YESTERDAY",
    identity: Annotated[
        str,
        typer.Option(
            "--identity",
            metavar="HOW",
            help="auto, none, metadata, file:PATH, impersonate:ACCOUNT, gcloud.",
        ),
    ] = "auto",
    wait: Annotated[
        float, typer.Option("--wait", min=0, metavar="SECONDS", help="Until it must be ready.")
    ] = WAIT_SECONDS,
    json: JsonOption = False,
) -> int:
    """Ask a deployed revision: ready, this commit, and what a date would take. 1 where not."""
    from clients.doctor.finding import Verdict, worst
    from clients.identity import How, identity_for
    from clients.smoke.asking import Deployed
    from clients.smoke.checks import Expected, examined

    if not commit:
        raise UsageError("--commit is empty: say which commit must answer")
    proof = identity_for(url, How.parse(identity), audience=audience)
    with Deployed(url, proof) as deployed:
        findings = list(examined(deployed, Expected(commit=commit, day=day, wait=wait)))
    verdict = worst(findings)
    if json:
        put_json({"verdict": verdict, "findings": [asdict(one) for one in findings]})
    else:
        show(findings)
    return 0 if verdict is Verdict.PASSED else FAILED.exit_code
