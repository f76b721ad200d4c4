"""The judging room: commitment, stack, film beside the score sheet, hand-in."""
