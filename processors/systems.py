"""Who speaks of a player's points: rules that any date can be asked for, fitted models, and the
ensemble that weighs them all."""

from __future__ import annotations

RULES = ("moving_average", "zone_matchup")
"""Written in SQL: what they say follows from what is stored."""
MODELS = ("gradient_boosted", "ridge")
"""What they say is loaded, as odds are: it can't be computed by a statement."""
ENSEMBLE = "ensemble"
BY_THEMSELVES = (*RULES, *MODELS)
SYSTEMS = (*BY_THEMSELVES, ENSEMBLE)
OF_MODELS = ("model_id", "model_state", "feature_set", "created_at")
"""Columns that are NULL of rules and of the ensemble."""
