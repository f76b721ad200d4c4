"""Addresses of the judge pages."""

urlpatterns: list = []
