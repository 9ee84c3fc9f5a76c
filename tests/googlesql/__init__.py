"""Google's own SQL analyser and reference evaluator, as BigQuery would read our statements."""
