"""What the models come to on the real seasons: `python -m benchmarks.backtests`."""
