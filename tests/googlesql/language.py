"""The dialect: what BigQuery has of GoogleSQL and our statements may use, one line a feature."""

from __future__ import annotations

from zetasql.wasi._pb2.zetasql.proto.options_pb2 import LanguageOptionsProto
from zetasql.wasi._pb2.zetasql.public.options_pb2 import LanguageFeature, ProductMode
from zetasql.wasi._pb2.zetasql.resolved_ast.resolved_node_kind_pb2 import ResolvedNodeKind

# The library's own "maximum" is no dialect of any product: it holds 223 features, among them
# aggregate FILTER, LATERAL joins and ARRAY equality, which BigQuery refuses. So a feature stands
# here only if BigQuery's reference documents it. Left out on purpose, though BigQuery has them:
# CONCAT_MIXED_TYPES (a number put into text unseen is formatted differently by each engine),
# OMIT_INSERT_COLUMN_LIST (columns are named), PIPES (a statement is told in CTEs).
FEATURES = (
    # types: DATETIME and TIME, NUMERIC(p, s), BIGNUMERIC, JSON, INTERVAL
    "CIVIL_TIME",
    "NUMERIC_TYPE",
    "BIGNUMERIC_TYPE",
    "DECIMAL_ALIAS",
    "PARAMETERIZED_TYPES",
    "JSON_TYPE",
    "JSON_VALUE_EXTRACTION_FUNCTIONS",
    "INTERVAL_TYPE",
    # queries
    "WITH_ON_SUBQUERY",
    "WITH_RECURSIVE",
    "SELECT_STAR_EXCEPT_REPLACE",
    "QUALIFY",
    "PIVOT",
    "UNPIVOT",
    "TABLESAMPLE",
    "FOR_SYSTEM_TIME_AS_OF",
    "NULLS_FIRST_LAST_IN_ORDER_BY",
    "GROUP_BY_ROLLUP",
    "GROUPING_SETS",
    "GROUPING_BUILTIN",
    "GROUP_BY_ALL",
    "GROUP_BY_STRUCT",
    "GROUP_BY_ARRAY",
    "IS_DISTINCT",
    "LIKE_ANY_SOME_ALL",
    # inside calls: ARRAY_AGG(x IGNORE NULLS ORDER BY y LIMIT n), ANY_VALUE(x HAVING MAX y)
    "ANALYTIC_FUNCTIONS",
    "ORDER_BY_IN_AGGREGATE",
    "LIMIT_IN_AGGREGATE",
    "HAVING_IN_AGGREGATE",
    "NULL_HANDLING_MODIFIER_IN_AGGREGATE",
    "NULL_HANDLING_MODIFIER_IN_ANALYTIC",
    "NAMED_ARGUMENTS",
    # functions
    "SAFE_FUNCTION_CALL",
    "DATE_TIME_CONSTRUCTORS",
    "DATE_ARITHMETICS",
    "EXTENDED_DATE_TIME_SIGNATURES",
    "WEEK_WITH_WEEKDAY",
    "ADDITIONAL_STRING_FUNCTIONS",
    "ALLOW_REGEXP_EXTRACT_OPTIONALS",
    "FORMAT_IN_CAST",
    "ROUND_WITH_ROUNDING_MODE",
    # DDL and DML
    "CREATE_TABLE_PARTITION_BY",
    "CREATE_TABLE_CLUSTER_BY",
    "CREATE_TABLE_NOT_NULL",
    "CREATE_TABLE_FIELD_ANNOTATIONS",
    "CREATE_TABLE_AS_SELECT_COLUMN_LIST",
    "CREATE_TABLE_LIKE",
    "CREATE_TABLE_COPY",
    "CREATE_TABLE_CLONE",
    "CREATE_SNAPSHOT_TABLE",
    "CREATE_VIEW_WITH_COLUMN_LIST",
    "UNENFORCED_PRIMARY_KEYS",
    "COLUMN_DEFAULT_VALUE",
    "ALTER_COLUMN_SET_DATA_TYPE",
    "ALTER_TABLE_RENAME_COLUMN",
    "DML_UPDATE_WITH_JOIN",
    # these take away: BigQuery has no FLOAT32, and no MIN, MAX, SUM or AVG of arrays
    "DISABLE_FLOAT32",
    "DISABLE_ARRAY_MIN_AND_MAX",
    "DISABLE_ARRAY_SUM_AND_AVG",
)

STATEMENTS = (
    "QUERY",
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "TRUNCATE",
    "CREATE_TABLE",
    "CREATE_TABLE_AS_SELECT",
    "CREATE_SNAPSHOT_TABLE",
    "CREATE_VIEW",
    "CREATE_SCHEMA",
    "ALTER_TABLE",
    "ALTER_VIEW",
    "ALTER_SCHEMA",
    "DROP",
    "DROP_SNAPSHOT_TABLE",
)


def language_options(statements: tuple[str, ...]) -> LanguageOptionsProto:
    return LanguageOptionsProto(
        product_mode=ProductMode.PRODUCT_EXTERNAL,
        enabled_language_features=[LanguageFeature.Value(f"FEATURE_{name}") for name in FEATURES],
        supported_statement_kinds=[
            ResolvedNodeKind.Value(f"RESOLVED_{name}_STMT") for name in statements
        ],
        # reserved in BigQuery, so that QUALIFY needs no WHERE before it
        reserved_keywords=["QUALIFY"],
    )
