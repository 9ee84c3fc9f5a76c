"""Audits on the sample season, with planted leaks."""
