"""Template tags of the judging room: `{% load judging %}`."""
