"""Who asks: the `tipoff` command and the clients of a running service."""
