"""Template tags of all pages: `{% load fengcai %}`."""
