"""Signing in, second factors, sessions, and the identity provider."""
