"""The door: HTTP in, the pipeline's truth out."""
