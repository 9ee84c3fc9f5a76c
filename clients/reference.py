"""The command line as a page of Markdown, from each command's own help."""

from __future__ import annotations

import typer
from typer._click import Context
from typer.core import TyperGroup

from clients.command import app

WIDTH = 96


def commands_page() -> str:
    group = typer.main.get_command(app)
    if not isinstance(group, TyperGroup):
        raise TypeError("the tipoff command has commands of its own")
    context = group.make_context("tipoff", [], resilient_parsing=True, terminal_width=WIDTH)
    parts = [
        "# Commands",
        "Made from `--help` by `make generated`; a test holds it to it. Every command prints JSON"
        " on standard output with `--json`; logs and progress go to standard error.",
        _block(group.get_help(context)),
    ]
    parts += _commands(group, context, "tipoff")
    return "\n\n".join(parts) + "\n"


def _commands(group: TyperGroup, context: Context, path: str) -> list[str]:
    """Each command of a group, and after a group its own."""
    parts = []
    for name, command in group.commands.items():
        own = command.make_context(
            name, [], parent=context, resilient_parsing=True, terminal_width=WIDTH
        )
        parts += [f"## {path} {name}", _block(command.get_help(own))]
        if isinstance(command, TyperGroup):
            parts += _commands(command, own, f"{path} {name}")
    return parts


def _block(text: str) -> str:
    return f"```\n{text.strip()}\n```"
