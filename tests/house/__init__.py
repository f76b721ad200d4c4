"""Tests about the repository itself: what the house promises of every room."""
