"""Bars and enlargement: recall and false alarms on labelled films."""
