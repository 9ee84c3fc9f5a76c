"""Messages pushed by Pub/Sub: what landed, what follows from it, and what is never lost."""
