"""`python -m clients.backfill`: the same as `tipoff backfill`."""

from __future__ import annotations

import sys

from clients.command import execute

if __name__ == "__main__":
    sys.exit(execute(["backfill", *sys.argv[1:]]))
