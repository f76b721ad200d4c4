"""Judging: a round from its opening to its seal: panel, promises, recusals, sheets, ranking."""
