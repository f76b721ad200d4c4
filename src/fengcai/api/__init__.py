"""The interface for programs, `/api/v1/`: the pages' own actions and queries, spoken in JSON.

It decides nothing: it parses, calls, and words the answer. Reference: docs/reference/api.md.
"""
