"""The room that learns, on rows made in code and on the sample season."""
