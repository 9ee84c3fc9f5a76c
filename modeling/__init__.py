"""Data out: training sets, walk-forward backtests, reports, models. The store is the only source of
features; nothing of it is computed again here."""
