"""A BigQuery for tests: the v2 routes of the real client, Google's analyser, DuckDB behind them.

`BigQueryServer` (server.py) is used as a context manager, or run as a process. What BigQuery has
and this server hasn't is answered with notImplemented, never with a refusal that BigQuery would
not give. Known to differ, and not refused: quotas and the limits of DML are none; a query's
anonymous destination is no table; FARM_FINGERPRINT is another hash; TO_JSON_STRING writes a
TIMESTAMP as DuckDB does.
"""
