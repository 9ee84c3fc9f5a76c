"""Where it runs: one small interface, its engines behind it. The only place that writes."""
