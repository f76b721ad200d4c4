"""Builders of things that tests of several rooms need."""
