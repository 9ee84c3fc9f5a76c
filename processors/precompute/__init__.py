"""What a model needs to know of each player and team before the date's games."""
