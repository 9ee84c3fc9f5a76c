"""Messages pushed to the service."""
