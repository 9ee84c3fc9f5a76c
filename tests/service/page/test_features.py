"""The page of features: what it shows, what it marks, and what it says when it can't."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import get_args

import duckdb
import pytest

from clients.command import execute
from pipeline.readiness import STORE
from processors.features import FEATURES, SETS
from service.page.features import ORDERS, Order, SetName, share, value
from tests.sharing import settle

SEASON = "2025-26"
BROKEN = (
    f"UPDATE {STORE} SET vegas_points_line = NULL WHERE month(game_date) = 1",
    f"UPDATE {STORE} SET pace_score = 0",
    f"UPDATE {STORE} SET usage_rate_last_5 = NULL",
    f"UPDATE {STORE} SET opponent_pace = 100 WHERE month(game_date) = 12",
)


@pytest.fixture(scope="module")
def broken_file(computed_season_file, tmp_path_factory):
    """The season with faults planted, and audited."""
    path = tmp_path_factory.mktemp("broken") / "season.duckdb"
    path.write_bytes(computed_season_file.read_bytes())
    with duckdb.connect(str(path)) as connection:
        for statement in BROKEN:
            connection.execute(statement)
    execute(["audit", "canaries", "--tables", STORE, "--warehouse", f"duckdb://{path}"])
    return settle(path)


@pytest.fixture(scope="module")
def broken(serve, broken_file):
    return serve(broken_file)


def shown(client, address="/features?wait=yes"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def row_of(page, name):
    """The row of one feature, as text with its markup."""
    (row,) = [one for one in re.findall(r"<tr.*?</tr>", page, re.S) if f">{name}</a>\n" in one]
    return row


class Closing(HTMLParser):
    """Every element ends, and in the order in which they began."""

    ALONE = ("meta", "link", "br")

    def read(self, page):
        self.open = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in self.ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, self.getpos()


def named(page):
    """The features in the order of their rows."""
    return re.findall(r'<th scope="row"><a href="[^"]*feature=(\w+)', page)


class TestJson:
    def test_every_feature(self, computed):
        found = computed.get("/distributions").json()
        assert (found["seasons"], found["season"]) == ([SEASON], SEASON)
        assert [one["name"] for one in found["features"]] == [one.name for one in FEATURES]
        one = found["features"][1]
        assert [month["month"][:7] for month in one["months"]][:2] == ["2025-11", "2025-12"]
        assert sum(month["rows"] for month in one["months"]) == found["rows"]
        assert one["season"]["rows"] == found["rows"]
        assert one["season"]["null_share"] == one["season"]["nulls"] / found["rows"]
        assert found["canaries"] is None

    def test_same_as_a_query(self, computed):
        found = computed.get("/distributions").json()["features"][1]["season"]
        sql = (
            "SELECT COUNTIF(points_avg_last_10 IS NULL), MIN(points_avg_last_10),"
            f" MAX(points_avg_last_10), COUNT(DISTINCT points_avg_last_10) FROM `{STORE}`"
        )
        (told,) = computed.post("/query", json={"sql": sql}).json()["rows"]
        assert told == [found[name] for name in ("nulls", "lowest", "highest", "distinct")]

    def test_readiness_is_that_of_the_command(self, computed, computed_season_file, capsys):
        execute(
            ["features", "--readiness", "--json", "--warehouse", f"duckdb://{computed_season_file}"]
        )
        told = json.loads(capsys.readouterr().out)["sets"]
        found = computed.get("/distributions").json()["readiness"]
        names = ("feature_set", "phase", "rows", "ready", "share")
        assert [[one[name] for name in names] for one in found] == [
            [one[name] for name in names] for one in told
        ]

    def test_one_in_depth(self, computed):
        found = computed.get("/distributions/home_away").json()
        told = found["feature"]["season"]
        assert [(one["low"], one["high"]) for one in found["bins"]] == [(0, 0), (1, 1)]
        assert sum(one["rows"] for one in found["bins"]) == told["rows"] - told["nulls"]
        assert found["seasons"] == [{"season": SEASON, "spread": told}]

    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("/distributions?season=2019-20", "no row of season '2019-20': there are 2025-26"),
            ("/distributions?season=2025", "no row of season '2025': there are 2025-26"),
            ("/distributions?sesaon=2025-26", "sesaon"),
            ("/distributions/points", "no feature is called 'points'"),
        ],
    )
    def test_refused(self, computed, address, said):
        answer = computed.get(address)
        assert answer.status_code == 422
        assert said in answer.json()["message"]

    def test_empty_store(self, raw):
        found = raw.get("/distributions").json()
        assert (found["season"], found["seasons"], found["features"]) == (None, [], [])
        assert raw.get("/distributions/home_away").status_code == 422

    def test_what_is_written_is_seen(self, serve, raw_season_file):
        client = serve(raw_season_file)
        assert client.get("/distributions").json()["season"] is None
        asked = {"analysis_date": "2025-11-20", "processors": ["ml_feature_store_v2"]}
        assert client.post("/process-date", json=asked).status_code == 200
        found = client.get("/distributions").json()
        assert found["season"] == SEASON
        before = found["rows"]
        asked["analysis_date"] = "2025-11-21"
        assert client.post("/process-date", json=asked).status_code == 200
        assert client.get("/distributions").json()["rows"] > before > 0


class TestFirstPaint:
    def test_nothing_is_read_for_it(self, serve, computed_season_file):
        client = serve(computed_season_file)
        page = shown(client, "/features")
        assert "<table" not in page
        assert 'hx-trigger="load"' in page
        assert '<a href="/features?wait=yes">' in page
        # Once it is at hand there is nothing to wait for.
        assert len(named(shown(client))) == len(FEATURES)
        assert len(named(shown(client, "/features"))) == len(FEATURES)

    def test_small(self, computed):
        assert len(shown(computed).encode()) < 150_000


class TestTable:
    def test_numbers_are_those_of_the_api(self, computed):
        page = shown(computed)
        for one in computed.get("/distributions").json()["features"]:
            row = unescape(row_of(page, one["name"]))
            assert share(one["season"]["nulls"], one["season"]["rows"]) in row
            assert one["formula"] in row
            assert all(f"{month['month'][:7]} " in row for month in one["months"])

    def test_well_formed(self, computed):
        """Pictures too: what a browser mends silently is caught here."""
        Closing().read(shown(computed))

    def test_sets(self, computed):
        for name, members in SETS.items():
            assert named(shown(computed, f"/features?wait=yes&set={name}")) == list(members)
        assert get_args(SetName) == tuple(SETS)
        assert get_args(Order) == tuple(ORDERS)

    def test_order(self, broken):
        names = named(shown(broken, "/features?wait=yes&sort=nulls"))
        assert names[0] == "usage_rate_last_5"
        assert sorted(names) == sorted(one.name for one in FEATURES)
        first = named(shown(broken, "/features?wait=yes&sort=canaries"))
        assert first[:3] == ["pace_score", "usage_rate_last_5", "opponent_pace"]

    def test_links_keep_what_is_asked(self, computed):
        page = shown(computed, f"/features?season={SEASON}&set=v9&wait=yes")
        assert f'href="/features?season={SEASON}&amp;set=v9&amp;sort=nulls"' in page
        assert f'href="/features?season={SEASON}&amp;set=v10"' in page


class TestMarks:
    def test_not_audited(self, computed):
        page = shown(computed)
        assert "tipoff audit canaries" in page
        assert "not audited" in row_of(page, "points_avg_last_10")

    def test_findings(self, broken):
        page = shown(broken)
        assert "beyond the thresholds: " in page
        assert "100.0% hold 0.0 (1 distinct); at most 99%" in row_of(page, "pace_score")
        assert "100.0% NULL; no value at all" in row_of(page, "usage_rate_last_5")
        assert row_of(page, "usage_rate_last_5").count('<span class="null">NULL</span>') == 3
        assert "within" in row_of(page, "points_avg_last_10")

    def test_what_no_canary_says(self, broken):
        page = shown(broken)
        assert "one value in all of 2025-12" in row_of(page, "opponent_pace")
        row = row_of(page, "vegas_points_line")
        assert re.search(r"NULL share jumps: \d+% to 100% in 2026-01, 100% to \d+% in 2026-02", row)
        assert 'class="jumped"' in row
        assert 'class="odd"' in row
        assert 'class="odd"' not in row_of(page, "points_avg_last_10")

    def test_an_audit_of_other_rows(self, serve, broken_file, tmp_path):
        path = tmp_path / "changed.duckdb"
        path.write_bytes(broken_file.read_bytes())
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"UPDATE {STORE} SET home_away = NULL WHERE home_away = 1")
        assert "What stands now isn&#39;t what was audited" in shown(serve(path)).replace(
            "'", "&#39;"
        )

    def test_an_audit_of_these_rows(self, broken):
        assert "What stands now" not in shown(broken)


class TestInDepth:
    def test_page(self, broken):
        page = shown(broken, "/features?feature=opponent_pace")
        assert "<h1>opponent_pace</h1>" in page
        for heading in ("By month", f"Histogram of {SEASON}", "Seasons"):
            assert heading in page
        told = broken.get("/distributions/opponent_pace").json()
        december = re.search(r'<tr><th scope="row">2025-12.*?</tr>', page, re.S)
        assert december is not None
        assert december[0].count("100.00") >= 6
        assert page.count("<rect") == len(told["bins"]) == 20

    def test_no_value(self, broken):
        page = shown(broken, "/features?feature=usage_rate_last_5")
        assert "Every row is NULL." in page
        assert page.count('<span class="null">NULL</span>') >= 6

    @pytest.mark.parametrize("name", ["home_away", "points_avg_last_10", "vegas_line_move"])
    def test_well_formed(self, computed, name):
        Closing().read(shown(computed, f"/features?feature={name}"))

    def test_markup_in_a_name_is_text(self, computed):
        answer = computed.get("/features?feature=<b>x</b>")
        assert answer.status_code == 422
        assert "&lt;b&gt;x&lt;/b&gt;" in answer.text
        assert "<b>x" not in answer.text


def test_empty_store(raw):
    page = shown(raw, "/features")
    assert "The store holds no row" in page
    assert "tipoff run --tables ml_feature_store_v2 --start DATE" in page


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 9, "0.0 %"),
        (1, 9000, "<0.1 %"),
        (1, 8, "12.5 %"),
        (8999, 9000, ">99.9 %"),
        (9, 9, "100.0 %"),
        (0, 0, "0.0 %"),
    ],
)
def test_share(part, whole, said):
    assert share(part, whole) == said


def test_value():
    assert [value(None, 2), value(1234.5, 2), value(-0.25, 3)] == ["NULL", "1,234.50", "-0.250"]
