"""Models kept: a file each with what made it, and where it stands."""
