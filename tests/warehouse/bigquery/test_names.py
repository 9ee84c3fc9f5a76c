"""Names in product texts: those of ours are placed, nothing else is touched."""

from __future__ import annotations

import pytest

from clients.generated import product_texts
from processors.errors import ContractError
from processors.registry import Registry
from warehouse.bigquery.address import Address
from warehouse.bigquery.lexing import parameters_of, pieces
from warehouse.bigquery.names import DATASETS, placed

ADDRESS = Address("my-project", "US", "test_")
STAGED = {"player_form": "my-project.test_tipoff_scratch.player_form_1"}


def at(text: str) -> str:
    return placed(text, ADDRESS, STAGED)


def test_datasets(registry: Registry) -> None:
    assert {one.dataset for one in registry.contracts.values()} <= set(DATASETS)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("FROM `nba_raw.schedule`", "FROM `my-project.test_nba_raw.schedule`"),
        ("FROM `staging.player_form`", "FROM `my-project.test_tipoff_scratch.player_form_1`"),
        (
            "`nba_ops.INFORMATION_SCHEMA.PARTITIONS`",
            "`my-project.test_nba_ops.INFORMATION_SCHEMA.PARTITIONS`",
        ),
    ],
)
def test_placed(text: str, made: str) -> None:
    assert at(text) == made


@pytest.mark.parametrize(
    "text",
    [
        "'`nba_raw.schedule`'",
        '"`nba_raw.schedule`"',
        "'''it's `nba_raw.schedule` 'twice' '''",
        '"""a "quoted" `nba_raw.schedule`"""',
        r"'it\'s `nba_raw.schedule`'",
        r"r'raw \' `nba_raw.schedule`'",
        "'' `order` \"\"",
        "-- `nba_raw.schedule`",
        "# nba_raw.schedule it's\n1",
        "/* `nba_raw.schedule` ' */",
        "'nba_raw.schedule'",
        "`other.table`",
        "`nba_raws.schedule`",
        "`nba_raw`",
        "`elsewhere.nba_raw.schedule`",
        "held.nba_raw.x",
        "my_nba_raw.x",
    ],
)
def test_untouched(text: str) -> None:
    assert at(text) == text
    assert "".join(piece.text for piece in pieces(text)) == text


def test_between() -> None:
    """A string's end is where it ends, so that what follows it is read as code again."""
    text = r"SELECT 'a\\' , `nba_raw.shots` -- 'x" + "\n" + r", `nba_raw.shots`, '''b\\''' , @end"
    placed_name = "`my-project.test_nba_raw.shots`"
    assert at(text) == text.replace("`nba_raw.shots`", placed_name)
    assert parameters_of(text) == {"end"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM nba_raw.schedule", "nba_raw.schedule without backticks"),
        ("FROM staging . player_form", "without backticks"),
        ("`staging.team_form`", "what is staged is player_form"),
        ("SELECT 'open", "opens ' in line 1"),
        ("SELECT\n`open", "opens ` in line 2"),
        ("/* open", r"opens /\* in line 1"),
        ("'''open'", "opens ' in line 1"),
    ],
)
def test_refused(text: str, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        at(text)


def test_product_texts(registry: Registry) -> None:
    """None is refused, and no name of ours is left without its project."""
    staged = {one.contract.name: f"p.scratch.{one.contract.name}" for one in registry}
    for text in product_texts(registry):
        found = placed(text, ADDRESS, staged)
        for dataset in (*DATASETS, "staging"):
            assert f"`{dataset}." not in found
        assert found.count("`") == text.count("`")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@a + @b_2", {"a", "b_2"}),
        ("'@a' -- @b\n, `@c`, @@d", set()),
        ("d >= @start_date AND d<=@end_date", {"start_date", "end_date"}),
    ],
)
def test_parameters_of(text: str, names: set[str]) -> None:
    assert parameters_of(text) == names
