"""The settings as a page of Markdown, from the fields that read them and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from service.settings import PREFIX, READ_ELSEWHERE, Settings

INTRODUCTION = """\
Made from the code by `make generated`; a test holds it to it. Each is a variable of the
environment, read by the service and by every command that opens a warehouse. Wrong and misspelled
ones are refused at start, all at once. Where the service listens, `--host` and `--port` say, or
`PORT`."""


def settings_page() -> str:
    rows = [*_own(), *((name, "–", means) for name, means in READ_ELSEWHERE.items())]
    return "\n\n".join(["# Settings", INTRODUCTION, _table(rows)]) + "\n"


def _own() -> Iterator[tuple[str, str, str]]:
    for name, field in Settings.model_fields.items():
        yield PREFIX + name.upper(), _default(field.default), field.description or ""


def _default(value: object) -> str:
    if value in (None, ()):
        return "–"
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    if isinstance(value, tuple):
        return f"`{','.join(value)}`"
    return f"`{value}`"


def _table(rows: Iterable[tuple[str, str, str]]) -> str:
    lines = ["| variable | default | means |", "|---|---|---|"]
    lines += [f"| `{name}` | {default} | {means} |" for name, default, means in rows]
    return "\n".join(lines)
