"""The operator page: what the API says, for whoever wants to look rather than read."""
