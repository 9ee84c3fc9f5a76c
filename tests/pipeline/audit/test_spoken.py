"""Verdicts read back."""

from __future__ import annotations

from pipeline.audit.spoken import read_verdicts
from pipeline.audit.verdict import AuditKind, Verdict, Word, remember
from tests.oracle.tiny import day
from tests.pipeline.small import GAMES, OFFENSE, by_hand, league, run


def verdict(table: str, kind: AuditKind, word: Word, fingerprint: str | None, number: int = 0):
    return Verdict(
        kind=kind,
        table=table,
        day=day(number),
        word=word,
        reason=f"it is {word}",
        evidence={"rows": 16},
        output_fingerprint=fingerprint,
    )


def computed():
    pipeline = league(2).pipeline()
    run(pipeline, 0, 1, GAMES, OFFENSE)
    content, contracts = pipeline.assessor.content, pipeline.registry.contracts
    stored = {table: str(content.stored(contracts[table])[day(0)]) for table in (GAMES, OFFENSE)}
    return pipeline, stored


def test_latest_of_each_kind_and_table():
    pipeline, stored = computed()
    blind, verify = AuditKind.BLINDNESS, AuditKind.VERIFY
    first = [
        verdict(OFFENSE, blind, Word.PASSED, stored[OFFENSE]),
        verdict(GAMES, blind, Word.FAILED, stored[GAMES]),
        verdict(GAMES, verify, Word.PASSED, stored[GAMES]),
        verdict(GAMES, blind, Word.PASSED, "other", number=1),
    ]
    remember(pipeline.warehouse, first)
    second = remember(pipeline.warehouse, [verdict(GAMES, blind, Word.PASSED, stored[GAMES])])
    found = read_verdicts(pipeline, day(0))
    assert [(one.kind, one.table, one.word, one.earlier) for one in found] == [
        (blind, GAMES, Word.PASSED, 1),
        (blind, OFFENSE, Word.PASSED, 0),
        (verify, GAMES, Word.PASSED, 0),
    ]
    assert found[0].audit_id == second
    assert (found[0].reason, found[0].evidence) == ("it is passed", {"rows": 16})


def test_whose_rows_they_speak_of():
    pipeline, stored = computed()
    remember(
        pipeline.warehouse,
        [
            verdict(GAMES, AuditKind.BLINDNESS, Word.PASSED, stored[GAMES]),
            verdict(OFFENSE, AuditKind.BLINDNESS, Word.PASSED, stored[OFFENSE]),
            verdict(GAMES, AuditKind.CANARIES, Word.PASSED, None),
            verdict("nba_analytics.gone", AuditKind.BLINDNESS, Word.PASSED, "16:0"),
        ],
    )
    by_hand(pipeline, f"UPDATE {GAMES} SET data_hash = 'x' WHERE player_lookup = 'bos0'")
    pipeline.refresh()
    found = {(one.kind, one.table): one.is_of_stored for one in read_verdicts(pipeline, day(0))}
    assert found == {
        (AuditKind.BLINDNESS, "nba_analytics.gone"): False,
        (AuditKind.BLINDNESS, GAMES): False,
        (AuditKind.BLINDNESS, OFFENSE): True,
        (AuditKind.CANARIES, GAMES): None,
    }


def test_no_audit():
    pipeline, _ = computed()
    assert read_verdicts(pipeline, day(0)) == []
