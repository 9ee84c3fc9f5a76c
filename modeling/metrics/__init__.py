"""Pure functions on arrays: how far off, how often right, how sure."""
