"""Tests of the publishing context."""
