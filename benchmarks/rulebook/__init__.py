"""The rulebook: how long a check takes, and how long the requirements of ten thousand works."""
