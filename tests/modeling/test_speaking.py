"""What models say of a date: for which moment, of whom, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from modeling.arrays import moments_of
from modeling.models.shelf import Kept, Shelf
from modeling.speaking import speak
from modeling.speech import Speaker, to_hundredths, vectors
from modeling.spoken_of import read_spoken_of
from pipeline.run import Pipeline
from processors.errors import ModelRefused
from processors.features import SETS
from processors.registry import load
from tests.modeling.speakers import AFTERWARDS, DAY, KEPT, STORE, asked, backfilled, named, used

READY = "list_contains(string_split(ready_feature_sets, ','), 'v12')"


class TestBackfilled:
    def test_says_what_it_predicts(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """Of everybody who is ready, from the store's row as it stands."""
        model_id = ridge.metadata.model_id
        (voice,) = backfilled(quiet, shelf, model_id=model_id).voices
        stored = asked(
            quiet,
            f"SELECT player_lookup, game_id, data_hash, {', '.join(SETS['v12'])} FROM {STORE}"
            f" WHERE game_date = ? AND {READY} ORDER BY player_lookup",
            DAY,
        )
        read = np.array([row[3:] for row in stored], dtype=np.float64)
        fitted, _ = shelf.load(model_id)
        points = np.round(np.maximum(fitted.predict(read), 0), 2)
        told = asked(quiet, f"SELECT * FROM {KEPT} WHERE game_date = ? ORDER BY 2", DAY)
        names = load().contracts[KEPT].column_names
        found = [dict(zip(names, row, strict=True)) for row in told]
        assert [(one["player_lookup"], one["game_id"], one["feature_hash"]) for one in found] == [
            row[:3] for row in stored
        ]
        assert [one["predicted_points"] for one in found] == pytest.approx(points, abs=0.011)
        assert 0 < len(found) == voice.said
        (rows,) = asked(quiet, f"SELECT count(*) FROM {STORE} WHERE game_date = ?", DAY)[0]
        assert voice.left_out == {"not_ready": rows - len(found)}
        assert {
            (one["system_id"], one["model_id"], one["model_state"], one["feature_set"])
            for one in found
        } == {("ridge", model_id, "shadow", "v12")}
        assert {(one["is_backfill"], one["created_at"]) for one in found} == {
            (True, AFTERWARDS.replace(tzinfo=None))
        }

    def test_speaks_for_the_moment_of_rules(self, season: Pipeline) -> None:
        """On every date of the season, of everybody of whom a rule speaks."""
        dates = season.assessor.calendar.game_dates
        rows = read_spoken_of(season, dates[0], dates[-1])
        keys = zip(rows.days.tolist(), rows.players, strict=True)
        ours = dict(zip(keys, rows.as_rules_speak.tolist(), strict=True))
        rules = asked(
            season,
            "SELECT game_date, player_lookup, as_of FROM nba_predictions.player_prop_predictions"
            " WHERE system_id = 'moving_average'",
        )
        assert len(rules) > 10_000
        assert [one for one in rules if ours[one[0], one[1]] != one[2]] == []
        seen = ~np.isnat(rows.captured) & (rows.as_rules_speak == rows.captured)
        assert 0.1 < seen.mean() < 0.9

    def test_is_kept_once(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """Speech again it is the same row; what is loaded is seen."""
        before = quiet.warehouse.writes
        said = {backfilled(quiet, shelf, model_id=ridge.metadata.model_id).said for _ in "12"}
        assert {row[0] for row in asked(quiet, f"SELECT count(*) FROM {KEPT}")} == said
        assert quiet.warehouse.writes == before + 2

    def test_catboost(self, quiet: Pipeline, shelf: Shelf, ridge: Kept, trees: Kept) -> None:
        """Saved and loaded, beside the other system's."""
        boosted = used(trees)
        used(ridge)
        told = backfilled(quiet, shelf)
        assert [(one.system_id, one.state) for one in told.voices] == [
            ("gradient_boosted", "active"),
            ("ridge", "active"),
        ]
        counts = asked(quiet, f"SELECT model_id, count(*) FROM {KEPT} GROUP BY 1")
        assert dict(counts) == {one.model_id: one.said for one in told.voices}
        assert told.said == sum(dict(counts).values())
        rows = read_spoken_of(quiet, DAY, DAY)
        ready = rows.pick(rows.ready("v12"))
        fitted, _ = shelf.load(boosted.metadata.model_id)
        found = asked(
            quiet,
            f"SELECT predicted_points FROM {KEPT} WHERE model_id = ? ORDER BY player_lookup",
            boosted.metadata.model_id,
        )
        expected = np.maximum(fitted.predict(ready.matrix(SETS["v12"])), 0)
        assert [row[0] for row in found] == pytest.approx(expected, abs=0.0051)


class TestLive:
    def test_only_who_has_not_begun(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """At the first tip-off: its game has begun, the others have not."""
        rows = read_spoken_of(quiet, DAY, DAY)
        ready = rows.pick(rows.ready("v12"))
        first = ready.tipoffs.min()
        moment = first.item().replace(tzinfo=UTC)
        told = speak(
            quiet, DAY, shelf, moment=moment, is_backfill=False, model_id=ridge.metadata.model_id
        )
        (voice,) = told.voices
        begun = int((ready.tipoffs == first).sum())
        assert 0 < begun < len(ready)
        assert voice.left_out["begun"] == begun
        assert voice.said == len(ready) - begun
        found = asked(quiet, f"SELECT DISTINCT as_of, created_at, is_backfill FROM {KEPT}")
        assert found == [(first.item(), first.item(), False)]
        still_to_come = {row[0] for row in asked(quiet, f"SELECT player_lookup FROM {KEPT}")}
        assert still_to_come == set(ready.players[ready.tipoffs > first])

    def test_nothing_is_said_twice(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """The same words an hour later are no news; what isn't the last word of a player is."""
        morning = datetime(2026, 2, 10, 15)

        def say(hours: int) -> None:
            moment = morning.replace(tzinfo=UTC) + timedelta(hours=hours)
            model_id = ridge.metadata.model_id
            told = speak(quiet, DAY, shelf, moment=moment, is_backfill=False, model_id=model_id)
            assert told.said == len(first)

        first = read_spoken_of(quiet, DAY, DAY)
        first = first.pick(first.ready("v12"))
        say(hours=0)
        writes = quiet.warehouse.writes
        say(hours=1)
        said = f"SELECT as_of, count(*) FROM {KEPT} GROUP BY 1 ORDER BY 1"
        assert asked(quiet, said) == [(morning, len(first))]
        assert quiet.warehouse.writes == writes
        asked(
            quiet,
            f"INSERT INTO {KEPT} SELECT * REPLACE (as_of + INTERVAL 90 MINUTE AS as_of,"
            " predicted_points + .01 AS predicted_points)"
            f" FROM {KEPT} WHERE player_lookup = ?",
            first.players[0],
        )
        say(hours=2)
        last = f"SELECT player_lookup, count(DISTINCT predicted_points) FROM {KEPT}"
        assert asked(quiet, said)[-1] == (morning + timedelta(hours=2), 1)
        assert asked(quiet, f"{last} GROUP BY 1 HAVING count(*) > 1") == [(first.players[0], 2)]

    def test_a_shadow_that_was_made_active(
        self, quiet: Pipeline, shelf: Shelf, ridge: Kept
    ) -> None:
        """Nobody bets on a shadow: the same number is said by another."""
        morning = datetime(2026, 2, 10, 15, tzinfo=UTC)
        model_id = ridge.metadata.model_id
        speak(quiet, DAY, shelf, moment=morning, is_backfill=False, model_id=model_id)
        used(ridge)
        later = morning + timedelta(hours=1)
        speak(quiet, DAY, shelf, moment=later, is_backfill=False)
        counts = asked(quiet, f"SELECT model_state, count(*) FROM {KEPT} GROUP BY 1 ORDER BY 1")
        assert [state for state, _ in counts] == ["active", "shadow"]
        assert counts[0][1] == counts[1][1]

    def test_no_tipoff_is_known(self, season: Pipeline) -> None:
        """Rules speak for the date's morning; what comes after it comes too late."""
        rows = read_spoken_of(season, DAY, DAY).pick(np.arange(3))
        tipoff = datetime(2026, 2, 11, 0, 30)
        morning = datetime(2026, 2, 10, 10)
        unknown = replace(
            rows,
            tipoffs=moments_of([None, tipoff, tipoff]),
            captured=moments_of([None, None, tipoff - timedelta(minutes=5)]),
            reported=moments_of([None, tipoff - timedelta(hours=9), tipoff - timedelta(hours=2)]),
        )
        assert unknown.as_rules_speak.tolist() == [
            morning,
            tipoff - timedelta(hours=8),
            tipoff - timedelta(minutes=5),
        ]
        assert not unknown.too_late(unknown.as_rules_speak).any()
        minute = np.timedelta64(1, "m")
        assert unknown.too_late(unknown.as_rules_speak + minute).tolist() == [True, False, False]
        assert unknown.too_late(moments_of([morning, tipoff, tipoff])).tolist() == [
            False,
            True,
            True,
        ]

    def test_a_backfill_before_it(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """What is backfilled in the morning doesn't speak for the afternoon: what is said live an
        hour later is the last word."""
        model_id, other = ridge.metadata.model_id, named(shelf, "other").metadata.model_id
        morning = datetime(2026, 2, 10, 14, tzinfo=UTC)
        backfill = {"moment": morning, "is_backfill": True, "model_id": other}
        live = {"moment": morning + timedelta(hours=1), "is_backfill": False, "model_id": model_id}
        for said in (backfill, live):
            speak(quiet, DAY, shelf, **said)
        last = asked(
            quiet,
            f"SELECT model_id, count(*) FROM {KEPT} GROUP BY 1 ORDER BY max(as_of) DESC, 1",
        )
        assert [row[0] for row in last] == [model_id, other]
        words = asked(
            quiet,
            f"SELECT DISTINCT model_id FROM (SELECT *, row_number() OVER (PARTITION BY"
            f" player_lookup ORDER BY as_of DESC) AS place FROM {KEPT}) WHERE place = 1",
        )
        assert words == [(model_id,)]
        assert asked(quiet, f"SELECT count(*) FROM {KEPT} WHERE as_of > created_at") == [(0,)]


class TestPoints:
    SPEAKER = Speaker(
        system_id="ridge", model_id="one", state="shadow", feature_set="v12", features=()
    )

    def test_hundredths(self) -> None:
        found = to_hundredths(np.array([-3.2, 0.004, 17.126, 17.124]), self.SPEAKER)
        assert found.tolist() == [0, 0, 17.13, 17.12]

    def test_no_number(self) -> None:
        with pytest.raises(ModelRefused, match="no number of 1 players"):
            to_hundredths(np.array([1.0, np.inf]), self.SPEAKER)

    def test_vector(self) -> None:
        read = np.array([[12.345678, np.nan, -2]])
        assert vectors(read, ("a", "b", "c")).tolist() == ["a:12345678,b:,c:-2000000"]
