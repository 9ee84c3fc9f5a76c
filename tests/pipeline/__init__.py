"""How a date is done: calendar, plan, run, ledger, and what survives a kill."""
