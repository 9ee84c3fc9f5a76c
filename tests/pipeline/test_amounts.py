"""Amounts of bytes as they are written and said."""

from __future__ import annotations

import pytest

from pipeline.amounts import bytes_in, in_words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("12 GB", 12_000_000_000),
        ("100GiB", 100 * 2**30),
        ("1.5 TB", 1_500_000_000_000),
        (" 4096 B ", 4096),
        ("1 TiB", 2**40),
        ("10 MB", 10_000_000),
    ],
)
def test_written(text: str, count: int) -> None:
    assert bytes_in(text) == count


@pytest.mark.parametrize("text", ["", "12", "0 GB", "-1 GB", "12 gb", "12 PB", "1e3 GB", "much"])
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no amount of bytes: write it as 500 GB"):
        bytes_in(text)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.00 KB"),
        (12_345, "12.3 KB"),
        (999_400, "999 KB"),
        (999_600, "1.00 MB"),
        (9_996_000, "10.0 MB"),
        (12_300_000_000, "12.3 GB"),
        (50_000 * 10**12, "50,000 TB"),
    ],
)
def test_said(count: int, said: str) -> None:
    assert in_words(count) == said
