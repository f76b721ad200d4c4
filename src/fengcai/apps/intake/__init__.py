"""Intake: the review desk that accepts a work or returns it with reasons."""
