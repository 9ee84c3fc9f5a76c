"""Fitting: one recipe, three frameworks behind one small interface."""
