"""The checks on motion against labelled films: `run` prints recall, false alarms and doubt."""
