"""Watermarks: recall and false alarms over labelled films."""
