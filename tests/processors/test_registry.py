"""The registry orders what it is given, and refuses what does not fit together."""

from __future__ import annotations

import dataclasses

import pytest

from processors.columns import count, day
from processors.contract import Contract, Cutoff, Input, Layer
from processors.errors import ContractError
from processors.registry import Processor, assemble, load
from processors.statement import Statement
from processors.window import ON_THE_DAY

RAW = Contract(
    table="nba_raw.games",
    description="Games.",
    layer=Layer.RAW,
    key=("game_date",),
    date_column="game_date",
    columns=(day("game_date", "The date."), count("points", "Points.")),
)


def table(name, *inputs):
    """A computed table that adds up the points of its inputs."""
    return dataclasses.replace(
        RAW,
        table=f"nba_analytics.{name}",
        layer=Layer.ANALYTICS,
        cutoff=Cutoff.AFTER_GAME,
        inputs=tuple(Input(table=one, window=ON_THE_DAY) for one in inputs),
    )


def statement(*tables, column="points"):
    """Joins all that it is given on the date."""
    points = " + ".join(f"t{at}.{column}" for at in range(len(tables)))
    joins = "".join(
        f" JOIN `{one}` AS t{at} ON t{at}.game_date = t0.game_date"
        for at, one in enumerate(tables)
        if at
    )
    return Statement(f"SELECT t0.game_date, {points} AS points FROM `{tables[0]}` AS t0{joins}")


FIRST = table("first", "nba_raw.games")
SECOND = table("second", "nba_analytics.first", "nba_raw.games")
THIRD = table("third", "nba_analytics.second")
STATEMENTS = {
    "nba_analytics.first": statement("nba_raw.games"),
    "nba_analytics.second": statement("nba_analytics.first", "nba_raw.games"),
    "nba_analytics.third": statement("nba_analytics.second"),
}
STATEMENTS_OF_FIRST = {FIRST.table: STATEMENTS[FIRST.table]}
PLACES = Statement("SELECT game_date, NULL AS points FROM `nba_raw.games`")


def names(processors):
    return [one.contract.name for one in processors]


class TestOrder:
    @pytest.mark.parametrize(
        "contracts",
        [(RAW, FIRST, SECOND, THIRD), (THIRD, SECOND, FIRST, RAW), (SECOND, RAW, THIRD, FIRST)],
    )
    def test_follows_inputs(self, contracts):
        registry = assemble(contracts, STATEMENTS)
        assert names(registry) == ["first", "second", "third"]
        assert set(registry.contracts) == {one.table for one in contracts}

    def test_consumers(self):
        registry = assemble((RAW, FIRST, SECOND, THIRD), STATEMENTS)
        assert names(registry.consumers("nba_raw.games")) == ["first", "second"]
        assert names(registry.consumers("nba_analytics.third")) == []

    def test_upstream(self):
        registry = assemble((RAW, FIRST, SECOND, THIRD), STATEMENTS)
        assert names(registry.upstream(["nba_analytics.second"])) == ["first", "second"]
        assert names(registry.upstream(["nba_analytics.third"])) == ["first", "second", "third"]
        assert names(registry.upstream(["nba_raw.games"])) == []

    def test_replaced(self):
        registry = assemble((RAW, FIRST, SECOND, THIRD), STATEMENTS)
        other = Processor(FIRST, Statement(STATEMENTS["nba_analytics.first"].text + " WHERE FALSE"))
        drill = registry.replaced(other)
        assert names(drill) == names(registry)
        assert drill.processors["nba_analytics.first"] is other
        assert registry.processors["nba_analytics.first"] is not other
        assert other.logic_version != registry.processors["nba_analytics.first"].logic_version

    def test_replaced_keeps_placeholders(self):
        """Unless others are brought along."""
        registry = assemble((RAW, FIRST), STATEMENTS_OF_FIRST, {FIRST.table: PLACES})
        changed = Statement(STATEMENTS[FIRST.table].text + " WHERE FALSE")
        drill = registry.replaced(Processor(FIRST, changed)).processors[FIRST.table]
        assert (drill.statement, drill.placeholders) == (changed, PLACES)
        others = Statement(PLACES.text + " WHERE FALSE")
        drill = registry.replaced(Processor(FIRST, changed, others)).processors[FIRST.table]
        assert drill.placeholders is others


class TestRefusals:
    def test_cycle(self):
        contracts = (RAW, table("one", "nba_analytics.two"), table("two", "nba_analytics.one"))
        statements = {
            "nba_analytics.one": statement("nba_analytics.two"),
            "nba_analytics.two": statement("nba_analytics.one"),
        }
        with pytest.raises(ContractError, match="wait for each other") as refusal:
            assemble(contracts, statements)
        assert "nba_analytics.one -> nba_analytics.two" in str(refusal.value)

    def test_reads_itself(self):
        contract = table("one", "nba_analytics.one")
        with pytest.raises(ContractError, match=r"nba_analytics\.one -> nba_analytics\.one"):
            assemble((contract,), {contract.table: statement(contract.table)})

    def test_unknown_input(self):
        contract = table("one", "nba_raw.gmaes")
        with pytest.raises(ContractError, match=r"nba_analytics\.one declares .* nba_raw\.gmaes"):
            assemble((RAW, contract), {contract.table: statement("nba_raw.gmaes")})

    def test_undeclared_read(self):
        contract = table("second", "nba_analytics.first")
        with pytest.raises(
            ContractError, match=r"nba_analytics\.second reads nba_raw\.games but does not declare"
        ):
            assemble((RAW, FIRST, contract), STATEMENTS)

    def test_declared_but_unread(self):
        contract = table("third", "nba_analytics.second", "nba_raw.games")
        with pytest.raises(
            ContractError,
            match=r"nba_analytics\.third declares .* nba_raw\.games but does not read",
        ):
            assemble((RAW, FIRST, SECOND, contract), STATEMENTS)

    def test_missing_statement(self):
        with pytest.raises(
            ContractError, match=r"nba_analytics\.first has .* no statement first\.sql"
        ):
            assemble((RAW, FIRST), {})

    def test_missing_cutoff(self):
        contract = dataclasses.replace(FIRST, cutoff=None)
        with pytest.raises(ContractError, match=r"nba_analytics\.first .* must declare its cutoff"):
            assemble((RAW, contract), STATEMENTS)

    def test_unknown_column(self):
        statements = {FIRST.table: statement("nba_raw.games", column="pionts")}
        with pytest.raises(
            ContractError, match=r"nba_analytics\.first reads pionts of nba_raw\.games"
        ):
            assemble((RAW, FIRST), statements)

    def test_bookkeeping_is_no_input(self):
        """Who made a row, and when, is nothing to compute from."""
        statements = {**STATEMENTS, THIRD.table: statement(SECOND.table, column="processed_at")}
        with pytest.raises(ContractError, match=r"reads processed_at of nba_analytics\.second"):
            assemble((RAW, FIRST, SECOND, THIRD), statements)

    def test_placeholders_read_what_the_statement_does_not(self):
        """Their dates would hang on an input that nobody assessed."""
        other = dataclasses.replace(RAW, table="nba_raw.other")
        places = Statement("SELECT game_date, NULL AS points FROM `nba_raw.other`")
        with pytest.raises(
            ContractError,
            match=r"the placeholders of nba_analytics\.first read nba_raw\.other, which its",
        ):
            assemble((RAW, other, FIRST), STATEMENTS_OF_FIRST, {FIRST.table: places})

    def test_placeholders_of_other_columns(self):
        places = Statement("SELECT game_date, NULL AS assists FROM `nba_raw.games`")
        with pytest.raises(ContractError, match="yields assists where the contract has points"):
            assemble((RAW, FIRST), STATEMENTS_OF_FIRST, {FIRST.table: places})


class TestHouse:
    def test_order(self):
        registry = load()
        seen = {table for table, one in registry.contracts.items() if not one.is_computed}
        for processor in registry:
            assert {feed.table for feed in processor.contract.inputs} <= seen
            seen.add(processor.table)
        assert seen == set(registry.contracts)

    def test_tables_stand_in_the_folder_of_their_layer(self):
        for contract in load().contracts.values():
            module = f"processors.{contract.layer.value}.{contract.name}"
            assert __import__(module, fromlist=["CONTRACT"]).CONTRACT is contract
