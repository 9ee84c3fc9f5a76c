"""What happened, how everyone stood after it, and what is known before the next game."""
