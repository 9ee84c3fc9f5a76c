"""Publishing: exactly these dates' partitions are replaced, and the ledger remembers it.

One date is replaced by a query job into `table$YYYYMMDD` with truncation: atomic, and free of the
limits of DML, so that many instances may each publish a date of one table at once. Its rows of the
ledger follow in a job of their own; where that is lost, the published rows say whose they are, and
`pipeline.ledger` finds them at the next start.

Several dates are one transaction, the ledger in it. By the other way they would be a job a date and
no longer one step; as a transaction it is one job, however many they are. It can't be carried out
while another process publishes several dates: both change the one row of `turns`, so BigQuery
cancels one of the two, which comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from processors.columns import Type
from processors.contract import Contract
from processors.errors import ContractError
from warehouse.bigquery import identity, statements, turns
from warehouse.bigquery.jobs import Done, Jobs
from warehouse.bigquery.labels import labels_of
from warehouse.bigquery.names import Place, placed
from warehouse.bigquery.parameters import Records
from warehouse.bigquery.portions import portions
from warehouse.bigquery.request import Destination, Request, Write
from warehouse.bigquery.staging import Staging
from warehouse.interface import Publication, Step

REPLACED = {"day": Type.DATE, "inputs": Type.STRING}
Rows = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True)
class Publishing:
    """Of what stands in `staging`."""

    jobs: Jobs
    place: Place
    staging: Staging
    contract_of: Callable[[str], Contract]
    maximum_bytes: int | None
    takes_turns: bool
    """Whether others publish too."""

    def publish(self, publication: Publication, step: Step) -> datetime | None:
        """Say when the rows stood there, by BigQuery's clock."""
        ended = None
        step("begun")
        days = sorted(publication.replaced)
        texts = []
        parameters: dict[str, object] = {
            "logic_version": publication.logic_version,
            "run_id": publication.run_id,
            "processed_at": publication.processed_at,
        }
        contract = publication.contract
        if len(days) > 1:
            texts += [statements.emptied(contract), statements.filled(contract)]
            replaced = [{"day": day, "inputs": publication.replaced[day]} for day in days]
            parameters |= {
                "first_date": days[0],
                "last_date": days[-1],
                "days": days,
                "replaced": Records(REPLACED, replaced),
            }
            if self.takes_turns:
                texts.insert(0, turns.TAKE)
                parameters["taken_by"] = publication.run_id
        if publication.quarantined:
            texts.append(statements.set_aside(contract))
            parameters["bad_days"] = list(publication.quarantined)
        # Made before anything is changed: what can't be said of a date must not follow its rows.
        script = self._script(
            f"publishing {contract.table}",
            texts,
            parameters,
            publication.ledger,
            labels_of(contract.name, publication.run_id),
        )
        if len(days) == 1:
            ended = self._replace_day(publication, parameters).ended_at
            step("inserted")
        step("quarantined")
        if script:
            done = self.jobs.run(script)
            ended = ended or done.ended_at
        step("remembered")
        step("committed")
        return ended

    def append(self, rows: Rows) -> None:
        for portion in portions(rows, self.contract_of):
            labels = labels_of(None, _run_of(portion))
            script = self._script(f"appending to {', '.join(portion)}", [], {}, portion, labels)
            if script:
                self.jobs.run(script)

    def _replace_day(self, publication: Publication, parameters: Mapping[str, object]) -> Done:
        contract = publication.contract
        ((day, inputs),) = publication.replaced.items()
        return self.jobs.run(
            Request(
                what=f"publishing {contract.table} of {day}",
                text=placed(statements.one_day(contract), self.place, self.staging.tables),
                parameters={**parameters, "day": day, "inputs": inputs},
                job_id=identity.job_id("publish", contract.name, day, day, identity.fresh()),
                labels=labels_of(contract.name, publication.run_id),
                destination=Destination(
                    table=self.place.table(contract.table), write=Write.TRUNCATE, partition=day
                ),
                maximum_bytes=self.maximum_bytes,
            )
        )

    def _script(
        self,
        what: str,
        texts: Sequence[str],
        parameters: Mapping[str, object],
        rows: Rows,
        labels: Mapping[str, str],
    ) -> Request | None:
        """These statements and these rows: all or nothing. None where there is nothing to do."""
        whole = list(texts)
        handed = dict(parameters)
        for table, new in rows.items():
            if new:
                contract = self.contract_of(table)
                types = {one.name: one.type for one in contract.stored_columns}
                whole.append(statements.appended(contract))
                handed[f"{contract.name}_rows"] = Records(types, new)
        if not whole:
            return None
        text = placed(statements.all_or_nothing(whole), self.place, self.staging.tables)
        return Request(
            what=what,
            text=text,
            parameters=handed,
            job_id=f"tipoff-write-{identity.fresh()}",
            labels=labels,
            maximum_bytes=self.maximum_bytes,
        )


def _run_of(rows: Rows) -> str | None:
    """Whose they are, where they are all of one run."""
    runs = {str(row["run_id"]) for new in rows.values() for row in new if row.get("run_id")}
    return runs.pop() if len(runs) == 1 else None


def contracts_by_table(contracts: Sequence[Contract]) -> Callable[[str], Contract]:
    known = {one.table: one for one in contracts}

    def found(table: str) -> Contract:
        if table not in known:
            raise ContractError(f"no contract says what {table} holds: migrate it first")
        return known[table]

    return found
