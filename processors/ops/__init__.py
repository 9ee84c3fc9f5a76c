"""The contracts of what the service remembers: runs, partitions, audits, quarantine, letters."""
