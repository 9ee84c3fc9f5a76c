"""The codes of errors as a page of Markdown, made from the tree of errors and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import league.importing.errors  # noqa: F401 - a branch of the tree
from processors.errors import TipoffError
from service.app import HTTP_CODES

HTTPS_OWN = {
    404: "No such address.",
    405: "The address doesn't take this method.",
    413: "The body is larger than `TIPOFF_MAX_BODY_BYTES`.",
}


def errors_page() -> str:
    tree = [
        _row(one.code, one.http_status, one.retryable, _meaning(one))
        for one in sorted(errors_of(TipoffError), key=lambda one: (one.http_status, one.code))
    ]
    own = [_row(HTTP_CODES[status], status, False, means) for status, means in HTTPS_OWN.items()]
    parts = [
        "# Errors",
        "Made from the tree of errors by `make generated`; a test holds it to it. An answer that"
        " isn't what was asked for is `{status, error, message, retryable, faults, details}`:"
        " `error` is one of these codes, `message` says what happened, with which values, and what"
        " to do. Codes are kept; messages may change. Where a retry helps, `Retry-After` says in"
        " how many seconds.",
        _table(tree),
        "`usage` names each fault in `faults`: field, value, and the nearest that is valid. Of"
        " `internal` nothing is told but `details.request_id`, under which the log has the"
        " traceback. In a command, codes with HTTP 422 exit with 64, the others with 1.",
        "## HTTP's own",
        _table(own),
    ]
    return "\n\n".join(parts) + "\n"


def errors_of(base: type[TipoffError]) -> Iterator[type[TipoffError]]:
    """The class and everything below it."""
    yield base
    for one in base.__subclasses__():
        yield from errors_of(one)


def _meaning(error: type[TipoffError]) -> str:
    if error is TipoffError:
        return "A fault of ours."
    return (error.__doc__ or "").strip().splitlines()[0]


def _table(rows: list[str]) -> str:
    return "\n".join(["| code | HTTP | retry | means |", "|---|---|---|---|", *rows])


def _row(code: str, status: int, retryable: bool, means: str) -> str:
    return f"| `{code}` | {status} | {'helps' if retryable else '–'} | {means} |"
