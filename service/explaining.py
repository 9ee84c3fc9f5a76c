"""From what the pipeline explains of a date to what is answered."""

from __future__ import annotations

from pipeline.explanation import Branch, Explanation, Read
from service.answering import outcome_seen
from service.models.explained import Around, BranchOf, Explained, LatestOutcome, ReadOf


def explained(found: Explanation) -> Explained:
    around = found.around
    return Explained(
        date=found.day,
        expectation=found.expectation,
        around=Around(
            season=around.season,
            season_day=around.season_day,
            games=around.games,
            games_over=around.games_over,
            bootstrap=around.bootstrap,
            is_coming=around.is_coming,
            previous=around.previous,
            next=around.next,
        ),
        tables=[_branch(branch) for branch in found.branches],
        first_missing=found.first_missing,
        repair=found.repair,
    )


def _branch(branch: Branch) -> BranchOf:
    latest = branch.latest
    return BranchOf(
        table=branch.table,
        state=branch.item.state if branch.item else None,
        rows=branch.rows,
        summary=branch.summary,
        word=branch.word,
        reason=branch.item.reason if branch.item else None,
        read=_read(branch.read) if branch.read else None,
        latest=LatestOutcome(**dict(outcome_seen(latest)), run_id=latest.run_id)
        if latest
        else None,
        inputs=[_branch(child) for child in branch.children],
    )


def _read(read: Read) -> ReadOf:
    return ReadOf(
        required=read.state.required,
        present=read.state.present,
        found=read.state.found,
        needed=read.state.needed,
        what=read.state.what,
        window=read.window,
        first=read.first,
        last=read.last,
    )
