"""The operator page, without a browser."""
