"""What writes pages of numbers, on small runs."""
