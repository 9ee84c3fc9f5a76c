"""The `tipoff` command's own commands, one file each."""
