"""Likeness: works that look, sound or read alike, proposed by the machine and decided by a person."""
