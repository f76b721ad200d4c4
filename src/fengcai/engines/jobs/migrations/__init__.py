"""Schema history of the jobs engine."""
