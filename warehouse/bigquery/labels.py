"""Labels of jobs and tables: what BigQuery takes, refused here where it would refuse."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping

from processors.errors import ContractError

KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
VALUE = re.compile(r"[a-z0-9_-]{0,63}")
MOST = 64


def checked(labels: Mapping[str, str]) -> dict[str, str]:
    """Lower case, digits, _ and -, at most 63 of them, at most 64 labels."""
    if len(labels) > MOST:
        raise ContractError(f"{len(labels)} labels, where {MOST} are allowed")
    for key, value in labels.items():
        if not KEY.fullmatch(key) or not VALUE.fullmatch(value):
            raise ContractError(
                f"{key}={value!r} is no label: a-z, 0-9, _ and - only, at most 63, the name from a"
                " letter on"
            )
    return dict(labels)


def labels_of(processor: str | None, run_id: str | None) -> Mapping[str, str]:
    """Of a job: what it is for, as a label takes it: lower case. What can't be a label is none: a
    job doesn't fail for what is said of it."""
    named = {"tipoff_table": processor, "tipoff_run": run_id}
    lowered = {key: value.lower() for key, value in named.items() if value}
    return {key: value for key, value in lowered.items() if VALUE.fullmatch(value)}


class AtHand(threading.local):
    """What a thread's jobs are for: the table that it staged last, until it looks around anew."""

    labels: Mapping[str, str] = {}

    def let_go(self) -> None:
        self.labels = {}
