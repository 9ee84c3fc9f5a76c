"""What a refusal must be, and what it must never hold."""

from __future__ import annotations

import traceback
from collections.abc import Mapping

import pytest

from processors.errors import TipoffError
from service.auth.guard import Guard
from tests.service.auth.issuer import SUBJECT


def refused(
    guard: Guard, headers: Mapping[str, str], kind: type[TipoffError], secret: str = ""
) -> TipoffError:
    """The refusal. Neither the token `secret`, nor a longer part of it, nor a claim that isn't at
    fault is anywhere in it or in what it hangs on."""
    with pytest.raises(kind) as caught:
        guard.check(headers)
    error = caught.value
    assert type(error) is kind
    told = told_by(error)
    assert SUBJECT not in told
    assert not [part for part in (secret, *secret.split(".")) if len(part) > 8 and part in told]
    return error


def told_by(error: BaseException) -> str:
    """All that a careless logger could write: messages, arguments, details; those of causes too."""
    told, at = [], error
    while at is not None:
        told += [str(at), repr(at), repr(vars(at)), repr(at.args)]
        told += traceback.format_exception_only(at)
        at = at.__cause__ or at.__context__
    return "\n".join(told)
