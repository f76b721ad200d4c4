"""Tests of the contexts, in the order of a work's life."""
