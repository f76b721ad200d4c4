"""Compliance: doubtful wording in a work's texts, told with its legal basis and decided by a person."""
