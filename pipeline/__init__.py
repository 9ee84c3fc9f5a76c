"""How a date is done: calendar, plan, run, publish, ledger. Knows no HTTP and no engine."""
