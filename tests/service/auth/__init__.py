"""Who may come in, shown with real RS256 tokens of a test issuer on this machine."""
