"""Entries: works from draft to withdrawal, their fields, film versions and declarations."""
