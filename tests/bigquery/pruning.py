"""Which columns a statement reads of which tables, and which days its constant predicates leave.

Followed are the predicates that BigQuery's own pruning follows: comparisons of the bare partition
column with constants, in WHERE and ON, through subqueries, CTEs, UNIONs and groupings by that
column. A wrapped column, a value from another table and a filter above LIMIT prune nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from zetasql.wasi._pb2.zetasql.resolved_ast.serialization_pb2 import ResolvedColumnProto

from tests.bigquery.predicates import Predicate, predicates
from tests.bigquery.resolved import Node

Filters = tuple[Predicate, ...]
Columns = Sequence[ResolvedColumnProto]
CHANGING = ("DELETE", "UPDATE")


@dataclass(frozen=True)
class Read:
    """One scan of one table; each filter is of the named column and holds for all rows read.
    Without columns it is all of them: rows that are changed are read whole."""

    table: str
    columns: frozenset[str] | None
    filters: Mapping[str, Filters]


@dataclass(frozen=True)
class Above:
    """What is asked of a scan by what stands above it, in the numbers of its own columns."""

    needed: frozenset[int] = frozenset()
    filters: Filters = ()

    def needing(self, *nodes: Node | None) -> Above:
        """The columns that these expressions name, too."""
        found = {
            one["column"].column_id
            for node in nodes
            if node is not None
            for one in node.walk()
            if one.kind == "ColumnRef"
        }
        return replace(self, needed=self.needed | found)

    def filtered(self, condition: Node | None) -> Above:
        if condition is None:
            return self
        more = predicates(condition)
        return replace(self.needing(condition), filters=(*self.filters, *more))

    def unfiltered(self) -> Above:
        return replace(self, filters=())

    def kept(self, columns: Iterable[int]) -> Above:
        """Of the filters only those of these columns."""
        kept = frozenset(columns)
        return replace(self, filters=tuple(one for one in self.filters if one.column in kept))

    def renamed(self, computed: Sequence[Node]) -> Above:
        """Below a projection: what is computed and needed names its own columns, and one that is
        only passed on has another number."""
        made = {one["column"].column_id: one["expr"] for one in computed}
        below = replace(self, needed=self.needed - made.keys())
        below = below.needing(*(made[one] for one in self.needed if one in made))
        filters = []
        for one in self.filters:
            source = made.get(one.column)
            if source is None:
                filters.append(one)
            elif source.kind == "ColumnRef":
                filters.append(one.of(source["column"].column_id))
        return replace(below, filters=tuple(filters))

    def placed(self, outer: Columns, inner: Columns) -> Above:
        """Columns that correspond by their place."""
        pairs = zip(outer, inner, strict=False)
        sources = {one.column_id: other.column_id for one, other in pairs}
        return Above(
            frozenset(sources[one] for one in self.needed if one in sources),
            tuple(one.of(sources[one.column]) for one in self.filters if one.column in sources),
        )


@dataclass
class _Reader:
    reads: list[Read] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)

    def visit(self, node: Node, above: Above) -> None:
        visit = VISITS.get(node.kind)
        if visit is not None:
            visit(self, node, above)
            return
        if node.kind not in ("OrderByScan", "ArrayScan", "BarrierScan", "SampleScan"):
            above = above.unfiltered()
        scan = node["input_scan"]
        others = [child for child in node.children if child is not scan]
        if scan is not None:
            self.visit(scan, above.needing(*others))
        self.expressions(others)

    def expressions(self, nodes: Iterable[Node | None]) -> None:
        """The subqueries in them, each of which gives all its columns."""
        for node in filter(None, nodes):
            if node.kind == "SubqueryExpr":
                self.expressions([node["in_expr"], node["subquery"]])
            elif node.kind.endswith("Scan"):
                given = node.all("column_list")
                self.visit(node, Above(frozenset(one.column_id for one in given)))
            else:
                self.expressions(node.children)

    def table_scan(self, node: Node, above: Above) -> None:
        columns = {one.column_id: one.name for one in node.all("column_list")}
        kept: dict[str, Filters] = {}
        for one in above.filters:
            if one.column in columns:
                name = columns[one.column]
                kept[name] = (*kept.get(name, ()), one)
        read = frozenset(name for number, name in columns.items() if number in above.needed)
        self.reads.append(Read(_table(node), read, kept))

    def filter_scan(self, node: Node, above: Above) -> None:
        self.visit(node["input_scan"], above.filtered(node["filter_expr"]))
        self.expressions([node["filter_expr"]])

    def project_scan(self, node: Node, above: Above) -> None:
        self.visit(node["input_scan"], above.renamed(node.all("expr_list")))
        self.expressions(node.all("expr_list"))

    def aggregate_scan(self, node: Node, above: Above) -> None:
        groups = node.all("group_by_list")
        below = above.kept(one["column"].column_id for one in groups)
        if node.all("grouping_set_list"):
            below = below.unfiltered()
        computed = [*groups, *node.all("aggregate_list")]
        self.visit(node["input_scan"], below.renamed(computed).needing(*groups))
        self.expressions(computed)

    def analytic_scan(self, node: Node, above: Above) -> None:
        groups = node.all("function_group_list")
        for group in groups:
            partition = group["partition_by"]
            by = partition.all("partition_by_list") if partition else []
            above = above.kept(one["column"].column_id for one in by)
        self.visit(node["input_scan"], above.needing(*groups))
        self.expressions(groups)

    def join_scan(self, node: Node, above: Above) -> None:
        kind, on = node["join_type"] or "INNER", node["join_expr"]
        above = above.needing(on) if kind != "FULL" else above.needing(on).unfiltered()
        joined = above.filtered(on)
        self.visit(node["left_scan"], joined if kind in ("INNER", "RIGHT") else above)
        self.visit(node["right_scan"], joined if kind in ("INNER", "LEFT") else above)
        self.expressions([on])

    def with_scan(self, node: Node, above: Above) -> None:
        for entry in node.all("with_entry_list"):
            self.entries[entry["with_query_name"]] = entry["with_subquery"]
        self.visit(node["query"], above)

    def with_ref_scan(self, node: Node, above: Above) -> None:
        """Each reference is a reading of its own, as BigQuery's is."""
        entry = self.entries.get(node["with_query_name"])
        if entry is not None:
            self.visit(entry, above.placed(node.all("column_list"), entry.all("column_list")))

    def set_operation_scan(self, node: Node, above: Above) -> None:
        columns = node.all("column_list")
        if node["op_type"] != "UNION_ALL":
            above = replace(above, needed=frozenset(one.column_id for one in columns))
        for item in node.all("input_item_list"):
            self.visit(item["scan"], above.placed(columns, item.all("output_column_list")))

    def query(self, node: Node, above: Above) -> None:
        outputs = frozenset(one["column"].column_id for one in node.all("output_column_list"))
        self.visit(node["query"], Above(outputs))

    def insert(self, node: Node, above: Above) -> None:
        """The table that is inserted into isn't read."""
        if node["query"]:
            outputs = node.all("query_output_column_list")
            self.visit(node["query"], Above(frozenset(one.column_id for one in outputs)))
        self.expressions(node.all("row_list"))

    def change(self, node: Node, above: Above) -> None:
        """DELETE and UPDATE."""
        where, items = node["where_expr"], node.all("update_item_list")
        self.target(node["table_scan"], Above().filtered(where))
        if node["from_scan"]:
            self.visit(node["from_scan"], Above().filtered(where).needing(*items))
        self.expressions([where, *items])

    def merge(self, node: Node, above: Above) -> None:
        on, whens = node["merge_expr"], node.all("when_clause_list")
        asked = Above().filtered(on)
        if any(one["action_type"] in CHANGING for one in whens):
            self.target(node["table_scan"], asked)
        else:
            self.visit(node["table_scan"], asked.needing(*whens))
        self.visit(node["from_scan"], asked.needing(*whens).unfiltered())
        self.expressions([on, *whens])

    def target(self, node: Node, above: Above) -> None:
        self.table_scan(node, above)
        self.reads.append(replace(self.reads.pop(), columns=None))

    def nothing(self, node: Node, above: Above) -> None:
        """Reads nothing."""


VISITS: dict[str, Callable[[_Reader, Node, Above], None]] = {
    "TableScan": _Reader.table_scan,
    "FilterScan": _Reader.filter_scan,
    "ProjectScan": _Reader.project_scan,
    "AggregateScan": _Reader.aggregate_scan,
    "AnalyticScan": _Reader.analytic_scan,
    "JoinScan": _Reader.join_scan,
    "WithScan": _Reader.with_scan,
    "WithRefScan": _Reader.with_ref_scan,
    "SetOperationScan": _Reader.set_operation_scan,
    "QueryStmt": _Reader.query,
    "CreateTableAsSelectStmt": _Reader.query,
    "InsertStmt": _Reader.insert,
    "DeleteStmt": _Reader.change,
    "UpdateStmt": _Reader.change,
    "MergeStmt": _Reader.merge,
    "TruncateStmt": _Reader.nothing,
}


@lru_cache(maxsize=512)
def reads(tree: Node) -> tuple[Read, ...]:
    """Every scan of a statement; a tree that is asked for again is the same tree."""
    reader = _Reader()
    reader.visit(tree, Above())
    return tuple(reader.reads)


def _table(scan: Node) -> str:
    return str(scan["table"].full_name or scan["table"].name)
