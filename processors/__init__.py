"""What is computed: for each table one SQL statement and one contract. No I/O, no engine."""
