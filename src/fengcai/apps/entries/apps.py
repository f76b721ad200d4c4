"""Django's registration of the entries context."""

from django.apps import AppConfig


class EntriesConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.entries"
    label = "entries"
