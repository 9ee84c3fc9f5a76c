"""The report: what a backtest comes to, what makes it suspicious, what it may be used for."""
