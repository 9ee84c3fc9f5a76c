"""What is made from the code is what the code makes today."""

from __future__ import annotations

from clients.generated import ROOT, generated_files


def test_fresh() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, content in generated_files().items()
        if not path.is_file() or path.read_text() != content
    ]
    assert stale == [], "run `make generated`"
