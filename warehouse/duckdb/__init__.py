"""The embedded engine: one file, one process at a time."""
