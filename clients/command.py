"""The `tipoff` command: its commands, and how errors become words and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from typer._click.exceptions import UsageError as CommandLineError

from clients.commands import audit, backtest, dead_letters, models, schema
from clients.commands.backfill import backfill
from clients.commands.copy import copy
from clients.commands.coverage import coverage
from clients.commands.dataset import dataset
from clients.commands.doctor import doctor
from clients.commands.drift import drift
from clients.commands.explain import explain
from clients.commands.features import features
from clients.commands.handoff import handoff
from clients.commands.load import import_files, sample
from clients.commands.plan import plan
from clients.commands.predict import predict
from clients.commands.run import run
from clients.commands.serve import serve
from clients.commands.smoke import smoke
from clients.commands.sql import sql
from clients.commands.tables import tables
from clients.commands.verify import verify
from clients.printing import put_json, say
from pipeline.outcome import FAILED, INTERRUPTED_EXIT_CODE, USAGE_EXIT_CODE
from processors.errors import TipoffError

app = typer.Typer(
    name="tipoff",
    help="Every feature as it was known before tip-off, for any date.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(sample)
app.command("import")(import_files)
app.command()(copy)
app.command()(plan)
app.command()(run)
app.command()(predict)
app.command()(backfill)
app.command()(coverage)
app.command()(verify)
app.command()(handoff)
app.command()(explain)
app.add_typer(audit.app, name="audit")
app.command()(tables)
app.command()(features)
app.command()(dataset)
app.add_typer(backtest.app, name="backtest")
app.add_typer(models.app, name="models")
app.command()(sql)
app.command()(serve)
app.add_typer(schema.app, name="schema")
app.command()(doctor)
app.command()(smoke)
app.command()(drift)
app.add_typer(dead_letters.app, name="dead-letters")


def main(arguments: Sequence[str] | None = None) -> None:
    sys.exit(execute(sys.argv[1:] if arguments is None else list(arguments)))


def execute(arguments: list[str], program: typer.Typer = app, *, name: str = "tipoff") -> int:
    """Run one command; every error of ours says what happened and what to do."""
    try:
        return int(program(args=arguments, prog_name=name, standalone_mode=False) or 0)
    except CommandLineError as error:
        say(f"usage: {error.format_message()}")
        return USAGE_EXIT_CODE
    except typer.Abort:
        say("interrupted; what was published stands, the rest is planned again by the next run")
        return INTERRUPTED_EXIT_CODE
    except TipoffError as error:
        if "--json" in arguments:
            put_json({"status": "failed", "error": error.code, "message": error.message})
        say(f"{error.code}: {error.message}")
        return USAGE_EXIT_CODE if error.http_status == 422 else FAILED.exit_code


if __name__ == "__main__":
    main()
