"""Who asks, and whether they may: three declared modes, never one falling through to another."""
