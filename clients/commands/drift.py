"""`tipoff drift`: whether what is declared, deployed, running and stored is all of one code."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.options import JsonOption, settings_at
from clients.printing import put_json, put_table, say

if TYPE_CHECKING:
    from clients.drift.check import Report

FOLDER = Path("deploy")
SERVICES = "services.toml"


def drift(
    project: Annotated[str | None, typer.Option("--project", help="Of Google Cloud.")] = None,
    project_number: Annotated[str | None, typer.Option("--project-number")] = None,
    region: Annotated[str | None, typer.Option("--region")] = None,
    location: Annotated[str | None, typer.Option("--location", help="Of the datasets.")] = None,
    prefix: Annotated[str | None, typer.Option("--prefix", help="Of the datasets.")] = None,
    service: Annotated[str | None, typer.Option("--service", help="Its name.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="The service's, as declared.")] = None,
    image: Annotated[
        str | None, typer.Option("--image", help="That should serve, by digest; else what serves.")
    ] = None,
    folder: Annotated[Path, typer.Option("--folder", help="Of the declarations.")] = FOLDER,
    services: Annotated[
        Path | None, typer.Option("--services", help="Else services.toml of that folder.")
    ] = None,
    ask: Annotated[
        str | None, typer.Option("--ask", metavar="URL", help="Where it answers; else --url.")
    ] = None,
    identity: Annotated[
        str,
        typer.Option(
            "--identity",
            metavar="HOW",
            help="auto, none, metadata, file:PATH, impersonate:ACCOUNT, gcloud.",
        ),
    ] = "auto",
    warehouse: Annotated[
        str | None,
        typer.Option(
            "--warehouse", metavar="ADDRESS", help="Look at its tables too, past the service."
        ),
    ] = None,
    json: JsonOption = False,
) -> int:
    """Compare declared, deployed, running and stored. 1 something differs, 2 it can't be told."""
    from clients.deploying.agreeing import checked
    from clients.deploying.declared import read_declared
    from clients.drift.asking import Asking, some_gcloud
    from clients.drift.check import Check
    from clients.drift.finding import EXIT_CODES
    from clients.drift.services import read_services
    from clients.identity import How, identity_for
    from processors.registry import load

    said = {
        "image": image,
        "project": project,
        "project_number": project_number,
        "region": region,
        "location": location,
        "prefix": prefix,
        "service": service,
        "url": url,
    }
    declared = checked(read_declared(folder, said))
    told = declared.parameters
    where = (ask or told.service_url).rstrip("/")
    found = Check(
        declared=declared,
        services=read_services(services or folder / SERVICES, told),
        asking=Asking(some_gcloud()),
        registry=load(),
        url=where,
        identity=identity_for(where, How.parse(identity)),
        settings=settings_at(warehouse) if warehouse else None,
    ).report()
    if json:
        put_json(as_json(found))
    else:
        show(found)
    return EXIT_CODES[found.word]


def as_json(found: Report) -> dict[str, object]:
    return {
        "verdict": found.word,
        "findings": [asdict(one) for one in found.findings],
        "plan": {
            "commands": [
                {"command": one.text, "why": one.why, "words": list(one.words)}
                for one in found.plan.commands
            ],
            "by_hand": list(found.plan.by_hand),
            "waiting": list(found.plan.waiting),
        },
    }


def show(found: Report) -> None:
    put_table(
        "drift",
        ["part", "of", "verdict", "found"],
        [[one.part, one.about, one.word, one.says] for one in found.findings],
    )
    if found.plan.commands:
        put_table(
            "what deploy/apply would run",
            ["command", "why"],
            [[one.text, one.why] for one in found.plan.commands],
        )
    for line in found.plan.by_hand:
        say(f"by hand: {line}")
    for line in found.plan.waiting:
        say(f"waits for an image, --image HOST/…@sha256:…: {line}")
    counts = Counter(one.word for one in found.findings)
    said = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
    say(f"{found.word}: {said}")
