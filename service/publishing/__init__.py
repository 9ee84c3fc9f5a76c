"""Telling others: a message to a topic for each outcome of a live date, an alert of drift."""
