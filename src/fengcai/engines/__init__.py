"""Ports to the machine (jobs, uploads, storage, documents), each with its embedded engine.

Engines know nothing of contests, entries or people: contexts register what they need by name.
"""
