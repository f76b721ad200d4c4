"""Pages of the office: questions, roster, people, round, awards, publication."""
