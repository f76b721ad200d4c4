"""Tests of the judging context."""
