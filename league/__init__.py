"""Data in: a synthetic league with planted traps, and importers of real data."""
