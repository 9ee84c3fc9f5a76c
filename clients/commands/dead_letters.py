"""`tipoff dead-letters`: messages that could not be worked on, and another try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, asking
from clients.printing import put_json, put_table, say
from processors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.models.letters import LetterSeen, Replayed

MOST = 1000
STILL_DEAD = "dead_letter"

app = typer.Typer(
    help="Messages that could not be worked on: kept whole, to be mended and replayed.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option("--limit", help="So many at most.")] = 20,
    settled: Annotated[bool, typer.Option("--settled", help="Those replayed, too.")] = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """The newest first: why, what about, and where from."""
    found = asking(warehouse, wait).dead_letters(limit=limit, settled=settled)
    if json:
        put_json(found.model_dump(mode="json"))
    else:
        show_all(found.letters)
    return 0


@app.command()
def show(
    letter_id: Annotated[str, typer.Argument(metavar="ID")],
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
) -> int:
    """One letter whole, as JSON."""
    put_json(asking(warehouse, wait).dead_letter(letter_id).model_dump(mode="json"))
    return 0


@app.command()
def replay(
    letter_id: Annotated[str | None, typer.Argument(metavar="ID")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Work on a letter again; 1 where one is as dead as before."""
    if (letter_id is None) != everything:
        raise UsageError("say which: tipoff dead-letters replay ID, or --all")
    ask = asking(warehouse, wait)
    if letter_id is not None:
        chosen = [letter_id]
    else:
        waiting = ask.dead_letters(limit=MOST, settled=False).letters
        chosen = [one.letter_id for one in reversed(waiting)]
    return _told(ask.replay(chosen), json=json)


def show_all(letters: list[LetterSeen]) -> None:
    put_table(
        "dead letters" if letters else "no dead letter waits",
        ["id", "kept", "kind", "table", "date", "from", "reason"],
        [
            [
                one.letter_id,
                f"{one.recorded_at:%Y-%m-%d %H:%M:%S}",
                "replayed" if one.replayed_at else one.kind,
                one.source_table,
                one.analysis_date,
                (one.subscription or "").split("/")[-1],
                one.reason,
            ]
            for one in letters
        ],
    )


def _told(replayed: Iterable[Replayed], *, json: bool) -> int:
    """Each as it is done."""
    code = 0
    for one in replayed:
        if one.outcome == STILL_DEAD:
            code = 1
        if json:
            put_json(one.model_dump(mode="json"))
        else:
            say(f"{one.letter_id}: {one.outcome}, {one.reason}")
    return code
