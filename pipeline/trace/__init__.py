"""The trace: from each feature of a player's date back to the games that it came from."""
