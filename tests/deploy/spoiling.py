"""A fault put into a copy of a file of `deploy/`."""

from __future__ import annotations

from pathlib import Path


def spoil(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
