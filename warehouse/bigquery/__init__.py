"""The ground for BigQuery. Only `connection`, `jobs` and `catalogue` load Google's client, late."""
