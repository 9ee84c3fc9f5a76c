"""What it costs, measured: `make bench`."""
