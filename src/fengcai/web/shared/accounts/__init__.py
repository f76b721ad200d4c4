"""Signing in and keeping an account safe: what allauth, axes and our own pages are bound by.

Who may do what in a contest is not decided here; that is `apps.*.rules`.
"""
