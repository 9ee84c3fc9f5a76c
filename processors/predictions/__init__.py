"""What is said of the date's players before tip-off, and what became of it."""
