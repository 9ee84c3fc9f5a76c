"""Make what is deployed what is declared: look, compare, say each command, run it, look again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from clients.command import execute
from clients.deploying.agreeing import checked
from clients.deploying.commands import Command, Plan, plan
from clients.deploying.declared import FOLDER, Declared, read_declared
from clients.deploying.differences import Difference, differences
from clients.deploying.gcloud import Gcloud, found_gcloud
from clients.deploying.looking import look
from clients.deploying.resource import Kind
from processors.errors import GcloudFailed, UsageError

LEFT_EXIT_CODE = 2
Say = Callable[[str], None]


@dataclass(frozen=True)
class Comparison:
    """What differs, and how it is taken away."""

    found: tuple[Difference, ...]
    plan: Plan


def compared(gcloud: Gcloud, declared: Declared) -> Comparison:
    """Where no image is told, the one that serves is the declared one: nothing that was rolled back
    comes into traffic by this."""
    there = look(gcloud, declared)
    told = declared.parameters
    if told.image is None:
        told = told.model_copy(update={"image": there.serving_image})
    state = replace(declared, parameters=told).state
    found = differences(state, there.state)
    if blind := [one.says for one in found if one.undetermined is not None]:
        raise GcloudFailed(f"nothing was changed: {'; '.join(dict.fromkeys(blind))}")
    service = there.state.find(Kind.SERVICE, declared.service.name)
    if told.image is None and service is not None:
        raise UsageError(
            f"several revisions of {service.name} serve ({service.fields['traffic']}):"
            " say by --image which image is the declared one"
        )
    return Comparison(found, plan(told, state, found))


def apply(gcloud: Gcloud, declared: Declared, *, dry_run: bool, say: Say) -> int:
    """Exit code: 0 all is as declared, 2 something is left."""
    comparison = compared(gcloud, declared)
    for command in comparison.plan.commands:
        say(f"# {command.why}")
        say(command.text)
        if not dry_run:
            gcloud.tell(command.words)
    if comparison.plan.commands and not dry_run:
        say("looking again")
        comparison = compared(gcloud, declared)
    return _closing(comparison, dry_run=dry_run, say=say)


def _closing(comparison: Comparison, *, dry_run: bool, say: Say) -> int:
    commands: Sequence[Command] = comparison.plan.commands
    for one in comparison.plan.by_hand:
        say(f"by hand: {one}")
    for one in comparison.plan.waiting:
        say(f"waits for an image, --image HOST/…@sha256:…: {one}")
    if not comparison.found:
        say("all is as declared")
        return 0
    if dry_run:
        say(f"nothing was changed; {len(commands)} commands would be run")
    elif commands:
        still = "; ".join(one.says for one in comparison.found)
        raise GcloudFailed(f"gcloud reported success, and still: {still}")
    return LEFT_EXIT_CODE


def main(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the commands only.")] = False,
    image: Annotated[
        str | None, typer.Option("--image", help="By digest; else the one that serves.")
    ] = None,
    project: Annotated[str | None, typer.Option("--project")] = None,
    project_number: Annotated[str | None, typer.Option("--project-number")] = None,
    region: Annotated[str | None, typer.Option("--region")] = None,
    location: Annotated[str | None, typer.Option("--location", help="Of the datasets.")] = None,
    prefix: Annotated[str | None, typer.Option("--prefix", help="Of the datasets.")] = None,
    service: Annotated[str | None, typer.Option("--service")] = None,
    url: Annotated[str | None, typer.Option("--url", help="The service's.")] = None,
    folder: Annotated[Path, typer.Option("--folder", help="Of the YAML files.")] = FOLDER,
) -> int:
    """Make what is deployed what deploy/*.yaml declares; only what differs is changed."""
    overrides = {
        "image": image,
        "project": project,
        "project_number": project_number,
        "region": region,
        "location": location,
        "prefix": prefix,
        "service": service,
        "url": url,
    }
    declared = checked(read_declared(folder, overrides))
    return apply(found_gcloud(), declared, dry_run=dry_run, say=_put)


def _put(line: str) -> None:
    """At once: a command is read while it runs."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


program = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
program.command()(main)


if __name__ == "__main__":
    sys.exit(execute(sys.argv[1:], program, name="deploy/apply"))
