"""The handoff as a page of Markdown that can be read at night: short, and it says what it cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from pipeline.audit.verdict import Word
from pipeline.coverage import Coverage
from pipeline.handoff import Handoff, Reason
from pipeline.history import RunSeen

LINES = {"coverage": 12, "running": 4, "undone": 6, "gaps": 6, "published": 6}
"""Of each section; with the headings they stay under sixty."""
NAMES = 3
LONGEST_REASON = 160
HEADING = "# Handoff of "


def page_of(found: Handoff) -> str:
    sections = (
        [f"{HEADING}{_moment(found.written_at)}, since {_moment(found.since)}"],
        ["## Coverage", *_cut("coverage", _coverage(found.coverage), "no season is known")],
        ["## Running", *_cut("running", _running(found), "nothing")],
        ["## Tried and not done", *_cut("undone", _reasons(found.undone), "nothing")],
        ["## Stale or missing, and why", *_cut("gaps", _reasons(found.gaps), "nothing")],
        ["## Changed since", *_changed(found)],
        ["## Next", "```", *found.next, "```"],
    )
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def written_at(page: str) -> datetime | None:
    """When a page was written; None where it is no page of this kind."""
    first = page.split("\n", 1)[0]
    if not first.startswith(HEADING):
        return None
    try:
        return datetime.fromisoformat(first.removeprefix(HEADING).split(",")[0])
    except ValueError:
        return None


def _moment(moment: datetime) -> str:
    """To the second before: what lies between is told twice rather than never."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def _cut(section: str, lines: Iterable[str], none: str) -> Iterator[str]:
    said = list(lines)
    most = LINES[section]
    yield from (f"- {line}" for line in said[:most] or [none])
    if len(said) > most:
        yield f"- and {len(said) - most} more"


def _coverage(found: Sequence[Coverage]) -> Iterator[str]:
    """The latest season first; tables of the same numbers share a line, incomplete ones lead."""
    alike: dict[tuple[str, int, int, int, int, int], list[Coverage]] = {}
    for one in found:
        numbers = (one.standing, one.achievable, one.games_standing, one.games)
        alike.setdefault((one.season, *numbers, one.bootstrap), []).append(one)
    lines = [ones for _, ones in alike.items()]
    lines.sort(key=lambda ones: ones[0].standing == ones[0].achievable)
    lines.sort(key=lambda ones: ones[0].season, reverse=True)
    for ones in lines:
        one, rows = ones[0], sum(each.rows for each in ones)
        line = (
            f"{one.season}, {_names(one.table for one in ones)}: {one.standing} of"
            f" {one.achievable} processable = {percent(one.standing, one.achievable)};"
            f" {one.games_standing:,} of {one.games:,} games, {rows:,} rows"
        )
        line += f"; {one.bootstrap} bootstrap by design" if one.bootstrap else ""
        line += f"; {one.coming} still to come" if one.coming else ""
        leaks = sum(each.blind.get(Word.FAILED, 0) for each in ones)
        yield line + (f"; {leaks} FAILED the audit of blindness" if leaks else "")


def percent(part: int, whole: int) -> str:
    """Never rounded up to all."""
    return f"{part * 1000 // whole / 10:g} %" if whole else "–"


def _names(tables: Iterable[str]) -> str:
    names = [table.split(".")[-1] for table in tables]
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return ", ".join(names[:NAMES]) + more


def _running(found: Handoff) -> Iterator[str]:
    for run in found.running:
        minutes = int((found.written_at - run.started).total_seconds() // 60)
        yield f"{run.run_id}, for {minutes // 60} h {minutes % 60} min: {_asked(run)}"


def _asked(run: RunSeen) -> str:
    tables, days, about = (run.request.get(name) for name in ("tables", "days", "about"))
    parts = []
    if isinstance(tables, list):
        parts.append(f"{len(tables)} tables" if len(tables) > NAMES else _names(tables))
    if isinstance(days, list) and days:
        first, last = days[0].split("/")[0], days[-1].split("/")[-1]
        parts.append(f"on {first}" if first == last else f"from {first} to {last}")
    if isinstance(about, dict):
        parts += [f"{name} {value}" for name, value in about.items()]
    return ", ".join(parts)


def _reasons(found: Iterable[Reason]) -> Iterator[str]:
    for one in found:
        reason = " ".join(one.example.split())
        if len(reason) > LONGEST_REASON:
            reason = reason[: LONGEST_REASON - 1] + "…"
        unit = "dates" if len(one.tables) == 1 else "table-dates"
        dates = _dates(one.dates, one.first, one.last, unit)
        yield f"{one.state}: {_names(one.tables)}, {dates}: {reason}"


def _dates(number: int, first: date, last: date, unit: str = "dates") -> str:
    return str(first) if number == 1 else f"{number:,} {unit} from {first} to {last}"


def _changed(found: Handoff) -> Iterator[str]:
    if found.runs:
        yield f"- runs: {', '.join(f'{number} {word}' for word, number in found.runs.items())}"
    lines = (
        f"{_names([one.table])}: {_dates(one.dates, one.first, one.last)}, {one.rows:,} rows"
        for one in found.published
    )
    yield from _cut("published", lines, "no rows were published")
