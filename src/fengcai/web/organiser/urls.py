"""Addresses of the organiser pages."""

urlpatterns: list = []
