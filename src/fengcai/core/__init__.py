"""The contest's own logic in plain Python: no framework, no input or output, no clock.

Everything that decides something about a contest lives below this package and takes its facts
and the present instant as arguments. It does not store, show or fetch anything.
"""
