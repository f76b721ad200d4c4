"""Template tags of the office: `{% load office %}`."""
