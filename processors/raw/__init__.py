"""The contracts of the raw tables: loaded, never computed."""
