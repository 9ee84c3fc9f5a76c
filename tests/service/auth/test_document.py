"""docs/authentication.md knows every reason for which a request is refused, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from service.auth.headers import LONGEST_TOKEN

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "authentication.md").read_text()


def test_reasons():
    code = "\n".join(file.read_text() for file in (ROOT / "service" / "auth").glob("*.py"))
    said = re.findall(
        r"^\| `(\w+)` \|", PAGE.split("## Refusals\n")[1].split("\n## ")[0], re.MULTILINE
    )
    assert said == list(dict.fromkeys(said))
    assert set(said) == set(re.findall(r"unauthenticated\(\s*\"(\w+)\"", code))


def test_longest_token():
    assert set(re.findall(r"(\d+) characters", PAGE)) == {str(LONGEST_TOKEN)}
