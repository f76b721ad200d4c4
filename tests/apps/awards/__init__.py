"""Tests of the awards context."""
