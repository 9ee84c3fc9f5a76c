"""The tables as a page of Markdown, made from the contracts and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from processors.columns import Column
from processors.contract import BOOKKEEPING, ORDINARY, Contract


def tables_page(contracts: Iterable[Contract]) -> str:
    parts = [
        "# The tables",
        "Made from the contracts by `make generated`; a test holds it to them.",
        "`tipoff audit canaries` tolerates over a season what a table says below; of other columns"
        f" up to {ORDINARY.null_share:.0%} NULL and one value in up to"
        f" {ORDINARY.one_value_share:.0%} of the rows.",
    ]
    parts += [_section(contract) for contract in contracts]
    parts.append("## Bookkeeping\nEvery computed table also has:\n\n" + _columns(BOOKKEEPING))
    return "\n\n".join(parts) + "\n"


def _section(contract: Contract) -> str:
    facts = [f"- key: {', '.join(contract.key)}"]
    if contract.cutoff:
        facts.append(f"- cutoff: {contract.cutoff}")
    facts += [
        f"- reads `{one.table}` {one.window or 'whole'}{'' if one.required else ', optional'}"
        for one in contract.inputs
    ]
    facts += [
        f"- quarantined when `{check.name}`: `{check.bad_when}`" for check in contract.row_checks
    ]
    facts += [f"- rejected when {check.message}" for check in contract.table_checks]
    facts += [
        f"- tolerated in {', '.join(f'`{name}`' for name in one.columns)}: up to"
        f" {one.null_share:.0%} NULL, one value in up to {one.one_value_share:.0%} of the rows"
        f" ({one.why})"
        for one in contract.tolerances
    ]
    return (
        f"## {contract.table}\n{contract.description}\n\n"
        + "\n".join(facts)
        + "\n\n"
        + _columns(contract.columns)
    )


def _columns(columns: Iterable[Column]) -> str:
    lines = ["| column | type | meaning |", "|---|---|---|"]
    for column in columns:
        kind = column.type.value
        if column.digits is not None:
            kind += f", {column.digits} digits"
        if not column.nullable:
            kind += ", never NULL"
        meaning = column.description.replace("|", "\\|")
        if column.one_of:
            meaning += f" One of {', '.join(f'`{one}`' for one in column.one_of)}."
        lines.append(f"| `{column.name}` | {kind} | {meaning} |")
    return "\n".join(lines)
