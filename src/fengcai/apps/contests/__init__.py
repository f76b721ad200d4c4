"""Contests: the rulebook in force, its answers, the units and who holds which role."""
