"""Wording: how fast texts are read for the lexicons' words."""
