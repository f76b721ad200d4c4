"""A small Django app whose jobs leave countable effects, for drills with real worker processes."""
